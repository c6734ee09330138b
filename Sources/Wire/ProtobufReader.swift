/// Walks the fields of one protobuf message.
///
/// Use: `while let field = try reader.next() { switch field.number { … } }`; what the switch does not
/// read is skipped.
public struct ProtobufReader {
    public enum WireType: UInt8, Sendable {
        case varint = 0
        case fixed64 = 1
        case lengthDelimited = 2
        case fixed32 = 5
    }

    public struct Field: Sendable, Equatable {
        public let number: Int
        public let type: WireType
    }

    private var reader: ByteReader
    private var pending: Field?

    public init(_ message: UnsafeRawBufferPointer) {
        reader = ByteReader(message)
    }

    /// The next field, or nil at the end of the message. The value of the previous one is skipped when
    /// it was not read.
    ///
    /// - Throws: `truncated`, `malformed` (also for groups, which no format of ours has).
    public mutating func next() throws(WireError) -> Field? {
        if pending != nil { try skip() }
        if reader.isAtEnd { return nil }
        let tag = try reader.unsignedVarint()
        guard let type = WireType(rawValue: UInt8(tag & 7)), tag >> 3 > 0, tag >> 3 < 1 << 29 else {
            throw WireError(.malformed, "cannot read a protobuf field: got the tag \(tag)")
        }
        let field = Field(number: Int(tag >> 3), type: type)
        pending = field
        return field
    }

    private mutating func take(_ type: WireType) throws(WireError) {
        guard let field = pending, field.type == type else {
            throw WireError(
                .malformed,
                "cannot read protobuf field \(pending?.number ?? 0): got wire type \(pending?.type.rawValue ?? 0), want \(type.rawValue)"
            )
        }
        pending = nil
    }

    /// `uint64`, `int64`, `bool`, `enum`.
    public mutating func varint() throws(WireError) -> UInt64 {
        try take(.varint)
        return try reader.unsignedVarint()
    }

    /// `sint64`, `sint32`.
    public mutating func signedVarint() throws(WireError) -> Int64 {
        try take(.varint)
        return try reader.signedVarint()
    }

    public mutating func fixed64() throws(WireError) -> UInt64 {
        try take(.fixed64)
        return try reader.littleEndian64()
    }

    public mutating func double() throws(WireError) -> Double { try Double(bitPattern: fixed64()) }

    public mutating func fixed32() throws(WireError) -> UInt32 {
        try take(.fixed32)
        return try reader.littleEndian32()
    }

    /// `bytes`, `string`, a message or a packed run; borrowed from the source.
    public mutating func bytes() throws(WireError) -> UnsafeRawBufferPointer {
        try take(.lengthDelimited)
        return try reader.lengthPrefixed()
    }

    /// A `string`.
    ///
    /// - Throws: `malformed` when the bytes are not UTF-8.
    public mutating func string() throws(WireError) -> String {
        let bytes = try bytes()
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw WireError(.malformed, "cannot read a protobuf string: the bytes are not UTF-8")
        }
        return text
    }

    public mutating func skip() throws(WireError) {
        guard let field = pending else { return }
        pending = nil
        switch field.type {
        case .varint: _ = try reader.unsignedVarint()
        case .fixed64: try reader.skip(8)
        case .lengthDelimited: _ = try reader.lengthPrefixed()
        case .fixed32: try reader.skip(4)
        }
    }
}

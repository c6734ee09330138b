/// Writes protobuf fields to the end of a buffer. Zero values are written too: leave them out where
/// proto3 would.
extension ByteBuffer {
    public mutating func appendProtobufTag(_ number: Int, _ type: ProtobufReader.WireType) {
        appendUnsignedVarint(UInt64(number) << 3 | UInt64(type.rawValue))
    }

    public mutating func appendProtobuf(_ number: Int, varint value: UInt64) {
        appendProtobufTag(number, .varint)
        appendUnsignedVarint(value)
    }

    public mutating func appendProtobuf(_ number: Int, signedVarint value: Int64) {
        appendProtobufTag(number, .varint)
        appendSignedVarint(value)
    }

    public mutating func appendProtobuf(_ number: Int, double value: Double) {
        appendProtobufTag(number, .fixed64)
        appendLittleEndian(value.bitPattern)
    }

    public mutating func appendProtobuf(_ number: Int, bytes: UnsafeRawBufferPointer) {
        appendProtobufTag(number, .lengthDelimited)
        appendLengthPrefixed(bytes)
    }

    public mutating func appendProtobuf(_ number: Int, string: String) {
        var string = string
        string.withUTF8 { appendProtobuf(number, bytes: UnsafeRawBufferPointer($0)) }
    }

    /// A message whose fields `fill` writes to the buffer it is given.
    public mutating func appendProtobuf(_ number: Int, message fill: (inout ByteBuffer) -> Void) {
        var inner = ByteBuffer()
        fill(&inner)
        appendProtobuf(number, bytes: inner.bytes)
    }
}

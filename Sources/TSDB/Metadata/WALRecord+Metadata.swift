internal import StorageAPI
internal import Wire

/// Records of metadata: type 6. An entry is the reference (uvarint), the type (a byte), the number of
/// fields (uvarint), and name and value of each. Source: `tsdb/record/record.go`.
extension WALRecord {
    /// Adds an entry to a record that begins with the type byte.
    static func appendMetadata(
        _ reference: UInt64, _ metadata: SeriesMetadata, to buffer: inout ByteBuffer
    ) {
        buffer.appendUnsignedVarint(reference)
        buffer.append(metadata.kind.rawValue)
        buffer.appendUnsignedVarint(2)
        for text in ["UNIT", metadata.unit, "HELP", metadata.help] {
            var text = text
            text.withUTF8 { buffer.appendLengthPrefixed(UnsafeRawBufferPointer($0)) }
        }
    }

    /// Reads the entries of a record whose type byte has been read. Fields that are not known are left
    /// out, and a type that is not known counts as ``SeriesMetadata/Kind/unknown``.
    static func readMetadata(
        _ reader: inout ByteReader, _ body: (UInt64, SeriesMetadata) -> Void
    ) throws(WireError) {
        while !reader.isAtEnd {
            let reference = try reader.unsignedVarint()
            var metadata = SeriesMetadata(kind: .init(rawValue: try reader.byte()) ?? .unknown)
            let fieldCount = try reader.unsignedVarint()
            guard fieldCount <= UInt64(reader.remaining) else {
                throw WireError(.malformed, "cannot read metadata: got \(fieldCount) fields")
            }
            for _ in 0..<fieldCount {
                let name = try reader.lengthPrefixed()
                let value = try reader.lengthPrefixed()
                if name.elementsEqual("UNIT".utf8) {
                    metadata.unit = String(decoding: value, as: UTF8.self)
                } else if name.elementsEqual("HELP".utf8) {
                    metadata.help = String(decoding: value, as: UTF8.self)
                }
            }
            body(reference, metadata)
        }
    }
}

internal import Wire

/// The files of full head chunks, `chunks_head/`: `docs/format/head-chunks.md`.
enum HeadChunkFormat {
    static let magic: UInt32 = 0x0130_BC91
    static let version: UInt8 = 1
    static let headerSize = 8
    /// A file is not made larger than this.
    static let fileSizeMax = 128 << 20
    /// The top bit of the encoding byte: the chunk holds out-of-order samples.
    static let outOfOrderFlag: UInt8 = 0x80

    static func fileName(_ number: UInt32) -> String { WALFormat.padded(Int(number), 6) }

    /// A chunk's record without its checksum.
    struct Record {
        var reference: UInt64
        var minTime: Int64
        var maxTime: Int64
        var encoding: UInt8
        /// Of the chunk's bytes within the file.
        var dataOffset: Int
        var dataCount: Int
        /// Where the next record begins.
        var end: Int
        var checksum: UInt32
    }

    /// Returns the checksum of the record.
    static func append(
        reference: UInt64, minTime: Int64, maxTime: Int64, encoding: UInt8, _ data: UnsafeRawBufferPointer,
        to buffer: inout ByteBuffer
    ) -> UInt32 {
        let start = buffer.count
        buffer.appendBigEndian(reference)
        buffer.appendBigEndian(minTime)
        buffer.appendBigEndian(maxTime)
        buffer.append(encoding)
        buffer.appendLengthPrefixed(data)
        let written = UnsafeRawBufferPointer(rebasing: buffer.bytes[start...])
        let checksum = CRC32C.extend(0, written)
        buffer.appendBigEndian(checksum)
        return checksum
    }

    /// Reads the record that begins at `offset` and checks its checksum.
    static func read(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(WireError) -> Record {
        var reader = ByteReader(bytes)
        try reader.seek(to: offset)
        let reference = try reader.bigEndian64()
        let minTime = Int64(bitPattern: try reader.bigEndian64())
        let maxTime = Int64(bitPattern: try reader.bigEndian64())
        let encoding = try reader.byte()
        let data = try reader.lengthPrefixed()
        let dataEnd = reader.position
        let checksum = try reader.bigEndian32()
        guard CRC32C.extend(0, UnsafeRawBufferPointer(rebasing: bytes[offset..<dataEnd])) == checksum else {
            throw WireError(.malformed, "cannot read a head chunk: unexpected checksum")
        }
        return Record(
            reference: reference, minTime: minTime, maxTime: maxTime, encoding: encoding,
            dataOffset: dataEnd - data.count, dataCount: data.count, end: reader.position, checksum: checksum)
    }
}

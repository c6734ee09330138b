internal import Wire

/// Reads the records of one segment. After damage it goes on at the next page with the next record
/// that begins there or behind it; what was skipped is told in ``damages``.
struct WALReader {
    struct Damage {
        var offset: Int
        var reason: String
        /// The rest of a record whose beginning is not there: told only when nothing else was before.
        var isOrphan = false
    }

    private let bytes: UnsafeRawBufferPointer
    private var position = 0
    /// Where the last sound record ended.
    private(set) var soundEnd = 0
    private(set) var damages: [Damage] = []

    /// - Parameter offset: where a record begins, to leave out those before.
    init(_ bytes: UnsafeRawBufferPointer, from offset: Int = 0) {
        self.bytes = bytes
        position = offset
        soundEnd = offset
    }

    /// The most bytes a record may have decompressed.
    static let recordSizeMax = 512 << 20

    /// Puts the next record, decompressed, into `record`. False at the end of the segment.
    mutating func next(into record: inout ByteBuffer) -> Bool {
        var raw = ByteBuffer(capacity: 0)
        return next(into: &record, scratch: &raw)
    }

    /// As ``next(into:)``, with a buffer to reuse for compressed bytes.
    mutating func next(into record: inout ByteBuffer, scratch: inout ByteBuffer) -> Bool {
        record.removeAll()
        return append(to: &record, scratch: &scratch)
    }

    /// Puts the next record, decompressed, behind what stands in `block`. False at the end of the segment.
    mutating func append(to block: inout ByteBuffer, scratch: inout ByteBuffer) -> Bool {
        let start = block.count
        scratch.removeAll()
        var isInside = false
        var recordStart = position
        while position < bytes.count {
            let pageEnd = min((position / WALFormat.pageSize + 1) * WALFormat.pageSize, bytes.count)
            let type = bytes[position]
            guard let fragment = WALFormat.Fragment(rawValue: type & WALFormat.fragmentMask) else {
                skipPage(pageEnd, "unknown fragment type \(type)")
                isInside = false
                continue
            }
            if fragment == .padding {
                if bytes[position..<pageEnd].contains(where: { $0 != 0 }) {
                    skipPage(pageEnd, "padding that is not zero")
                    isInside = false
                } else {
                    position = pageEnd
                    if !isInside { soundEnd = position }
                }
                continue
            }
            guard position + WALFormat.headerSize <= pageEnd else {
                skipPage(pageEnd, "a fragment header is cut off")
                isInside = false
                continue
            }
            let length = Int(bytes[position + 1]) << 8 | Int(bytes[position + 2])
            let checksum = UInt32(
                bigEndian: bytes.loadUnaligned(fromByteOffset: position + 3, as: UInt32.self))
            let bodyStart = position + WALFormat.headerSize
            guard bodyStart + length <= pageEnd else {
                skipPage(pageEnd, "a fragment of \(length) bytes is cut off")
                isInside = false
                continue
            }
            let body = UnsafeRawBufferPointer(rebasing: bytes[bodyStart..<(bodyStart + length)])
            guard CRC32C.extend(0, body) == checksum else {
                skipPage(pageEnd, "unexpected checksum")
                isInside = false
                continue
            }
            let begins = fragment == .full || fragment == .first
            if begins {
                if isInside { damage(recordStart, "a record does not end") }
                scratch.removeAll()
                recordStart = position
                isInside = true
            } else if !isInside {
                // The rest of a record whose beginning was lost.
                position = bodyStart + length
                if damages.isEmpty {
                    damage(bodyStart - WALFormat.headerSize, "a record does not begin")
                    damages[0].isOrphan = true
                }
                continue
            }
            position = bodyStart + length
            scratch.append(body)
            guard fragment == .full || fragment == .last else { continue }
            isInside = false
            do throws(WireError) {
                if type & WALFormat.snappyFlag != 0 {
                    try Snappy.decompress(scratch.bytes, limit: WALReader.recordSizeMax, into: &block)
                } else if type & WALFormat.zstdFlag != 0 {
                    try Zstd.decompress(scratch.bytes, limit: WALReader.recordSizeMax, into: &block)
                } else {
                    block.append(scratch.bytes)
                }
            } catch {
                block.truncate(to: start)
                damage(recordStart, error.message)
                continue
            }
            soundEnd = position
            return true
        }
        if isInside { damage(recordStart, "the last record is torn") }
        return false
    }

    private mutating func skipPage(_ pageEnd: Int, _ reason: String) {
        damage(position, reason)
        position = pageEnd
    }

    private mutating func damage(_ offset: Int, _ reason: String) {
        damages.append(Damage(offset: offset, reason: reason))
    }
}

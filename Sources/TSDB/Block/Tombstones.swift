internal import Platform
internal import Wire

/// Deleted stretches of time by series number: `docs/format/tombstones.md`.
struct Tombstones: Sendable, Equatable {
    struct Interval: Sendable, Equatable {
        /// Inclusive both.
        var minTime: Int64
        var maxTime: Int64

        init(minTime: Int64, maxTime: Int64) {
            self.minTime = minTime
            self.maxTime = maxTime
        }

        init(_ reader: inout ByteReader) throws(WireError) {
            minTime = try reader.signedVarint()
            maxTime = try reader.signedVarint()
        }
    }

    static let magic: UInt32 = 0x0130_BA30
    static let version: UInt8 = 1

    /// Ascending and without overlap.
    private(set) var intervals: [UInt32: [Interval]] = [:]

    var count: Int { intervals.values.reduce(0) { $0 + $1.count } }
    var isEmpty: Bool { intervals.isEmpty }

    subscript(_ series: UInt32) -> [Interval] { intervals[series] ?? [] }

    /// Adds a stretch, joined with those that it touches.
    mutating func add(_ series: UInt32, _ new: Interval) {
        var merged = new
        var kept: [Interval] = []
        for old in intervals[series] ?? [] {
            let touches =
                (merged.maxTime == .max || old.minTime <= merged.maxTime + 1)
                && (old.maxTime == .max || merged.minTime <= old.maxTime + 1)
            if touches {
                merged.minTime = min(merged.minTime, old.minTime)
                merged.maxTime = max(merged.maxTime, old.maxTime)
            } else {
                kept.append(old)
            }
        }
        kept.append(merged)
        intervals[series] = kept.sorted { $0.minTime < $1.minTime }
    }

    mutating func remove(_ series: UInt32) { intervals[series] = nil }

    // MARK: - File

    /// Reads a tombstones file; a missing one is empty.
    init(disk: any Disk, path: String) throws(TSDBError) {
        let bytes: [UInt8]
        do throws(DiskError) {
            bytes = try disk.readFile(path)
        } catch {
            if error.kind == .notFound {
                self.init()
                return
            }
            throw TSDBError(error)
        }
        var read = Tombstones()
        var failure: WireError?
        bytes.withUnsafeBytes { bytes in
            do throws(WireError) {
                var reader = ByteReader(bytes)
                guard try reader.bigEndian32() == Tombstones.magic, try reader.byte() == Tombstones.version
                else {
                    throw WireError(.malformed, "cannot read tombstones: not a tombstones file")
                }
                guard bytes.count >= 9 else {
                    throw WireError(.truncated, "cannot read tombstones: got \(bytes.count) bytes")
                }
                let body = UnsafeRawBufferPointer(rebasing: bytes[5..<(bytes.count - 4)])
                let checksum = UInt32(
                    bigEndian: bytes.loadUnaligned(fromByteOffset: bytes.count - 4, as: UInt32.self))
                guard CRC32C.extend(0, body) == checksum else {
                    throw WireError(.malformed, "cannot read tombstones: unexpected checksum")
                }
                var entries = ByteReader(body)
                while !entries.isAtEnd {
                    let series = try entries.unsignedVarint32()
                    read.add(series, try Interval(&entries))
                }
            } catch {
                failure = error
            }
        }
        if let failure { throw TSDBError(failure, file: path) }
        self = read
    }

    init() {}

    /// The bytes of the file.
    var encoded: [UInt8] {
        var body = ByteBuffer()
        append(to: &body)
        var file = ByteBuffer()
        file.appendBigEndian(Tombstones.magic)
        file.append(Tombstones.version)
        file.append(body.bytes)
        // The checksum leaves magic and version out.
        file.appendBigEndian(CRC32C.extend(0, body.bytes))
        return Array(file.bytes)
    }

    /// The entries of the file, ascending by series.
    func append(to body: inout ByteBuffer) {
        for (series, list) in intervals.sorted(by: { $0.key < $1.key }) {
            for interval in list {
                body.appendUnsignedVarint(UInt64(series))
                body.appendSignedVarint(interval.minTime)
                body.appendSignedVarint(interval.maxTime)
            }
        }
    }
}

import JSON
public import Platform
import Synchronization

/// `queries.active`: what queries are running, on the disk, so that a crash leaves their names behind. Format as in
/// Prometheus: `[`, then slots of 1,000 bytes, each empty (zeros) or an object `{"query":…,"timestamp_sec":…}` with a
/// comma as last byte.
///
/// What is written survives the death of the process, not a power cut. A query that finds no free slot runs unseen.
public final class ActiveQueryFile: Sendable {
    /// Bytes of a slot.
    public static let slotSize = 1000

    private let file: any DiskFile
    private let clock: any WallClock
    private let free: Mutex<[Int]>

    /// The JSON array of the queries that an earlier process left running; nil when there are none or the file
    /// cannot be read.
    public let unfinished: String?

    /// Reads what the last run left in `folder`, then empties the file.
    ///
    /// - Parameters:
    ///   - folder: made when it is missing.
    ///   - slots: how many queries may run at once.
    public init(
        in folder: String, slots: Int, disk: any Disk = RealDisk(), clock: any WallClock = SystemClock()
    ) throws(DiskError) {
        let path = folder + "/queries.active"
        try disk.makeFolder(folder)
        unfinished =
            try disk.status(path) == nil
            ? nil : ActiveQueryFile.unfinished(in: (try? disk.readFile(path, limit: 64 << 20)) ?? [])
        file = try disk.open(path, .create)
        try file.truncate(to: 0)
        try file.truncate(to: Int64(1 + slots * ActiveQueryFile.slotSize))
        self.clock = clock
        free = Mutex(Array((0..<slots).reversed()))
        try write(Array("[".utf8), at: 0)
    }

    /// Notes a query; nil when no slot is free.
    func begin(_ query: String) -> Int? {
        guard let slot = free.withLock({ $0.popLast() }) else { return nil }
        var bytes = [UInt8](repeating: 0, count: ActiveQueryFile.slotSize)
        let entry = ActiveQueryFile.entry(query, seconds: clock.now() / 1000)
        bytes.replaceSubrange(0..<entry.count, with: entry)
        bytes[bytes.count - 1] = UInt8(ascii: ",")
        // A disk that fails must not stop queries.
        try? write(bytes, at: Int64(1 + slot * ActiveQueryFile.slotSize))
        return slot
    }

    func end(_ slot: Int) {
        try? write(
            [UInt8](repeating: 0, count: ActiveQueryFile.slotSize),
            at: Int64(1 + slot * ActiveQueryFile.slotSize))
        free.withLock { $0.append(slot) }
    }

    private func write(_ bytes: [UInt8], at offset: Int64) throws(DiskError) {
        var failure: DiskError?
        bytes.withUnsafeBytes { bytes in
            do throws(DiskError) { try file.write(bytes, at: offset) } catch { failure = error }
        }
        if let failure { throw failure }
    }

    /// The object of a query, cut so that it leaves one byte of the slot.
    private static func entry(_ query: String, seconds: Int64) -> [UInt8] {
        var query = Substring(
            query.utf8.count > slotSize ? String(decoding: query.utf8.prefix(slotSize), as: UTF8.self) : query
        )
        while true {
            let bytes = JSONValue.object([
                "query": .string(String(query)), "timestamp_sec": .number(Int(clamping: seconds)),
            ]).bytes()
            if bytes.count < slotSize { return bytes }
            // What is escaped takes more room than it has characters.
            query = query.dropLast(max((bytes.count - slotSize) / 6, 1))
        }
    }

    static func unfinished(in bytes: [UInt8]) -> String? {
        var text = bytes.filter { $0 != 0 }
        guard text.first == UInt8(ascii: "["), text.count > 1 else { return nil }
        if text.last == UInt8(ascii: ",") { text.removeLast() }
        return String(decoding: text, as: UTF8.self) + "]"
    }
}

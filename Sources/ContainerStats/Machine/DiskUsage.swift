import Platform
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// How much the writable layers and logs of containers take, measured on one slow thread, never on a
/// scrape's way: as often as a two thousandth of a core allows for all, every 15 seconds to 5 minutes.
final class DiskUsage: Sendable {
    struct Measure: Sendable, Equatable {
        /// Bytes, counted in blocks of 512, each hard link once.
        var layer: UInt64 = 0
        var log: UInt64 = 0
        /// Monotonic nanoseconds.
        var time: UInt64 = 0
    }

    private struct Entry {
        var measure: Measure?
        var isAsked = false
        /// Monotonic nanoseconds before which it is not measured again.
        var nextTime: UInt64 = 0
        var failures: UInt64 = 0
        /// Nanoseconds that the last walk took.
        var cost: UInt64 = 0
    }

    private static let shortestInterval: UInt64 = 15_000_000_000
    private static let longestInterval: UInt64 = 300_000_000_000
    /// A folder tree with more entries is given up and tried again later and later.
    static let entriesMax = 200_000

    private let entries = Mutex<[String: Entry]>([:])
    private let thread = WorkerThreads(name: "du", count: 1, queueLimit: 20_000, stackSize: 1 << 20)

    deinit { thread.shutDown() }

    func stop() { thread.shutDown() }

    /// The last measure of a container; asks for a new one when it is old.
    func measure(_ id: String, layer: String, log: String) -> Measure? {
        let now = MonotonicTime.nanoseconds()
        let (measure, asks): (Measure?, Bool) = entries.withLock { entries in
            var entry = entries[id] ?? Entry()
            let asks = !entry.isAsked && now >= entry.nextTime
            if asks {
                entry.isAsked = true
                entries[id] = entry
            }
            return (entry.measure, asks)
        }
        if asks, thread.submit({ [weak self] in self?.walk(id, layer: layer, log: log) }) != nil {
            entries.withLock { $0[id]?.isAsked = false }
        }
        return measure
    }

    /// Nanoseconds after which a container is measured again.
    ///
    /// - Parameter cost: nanoseconds that a walk of each takes in all.
    static func interval(cost: UInt64) -> UInt64 {
        min(max(min(cost, longestInterval) * 2000, shortestInterval), longestInterval)
    }

    /// Forgets containers that are gone.
    func keep(only ids: Set<String>) {
        entries.withLock { entries in
            guard entries.count > ids.count + 1000 else { return }
            entries = entries.filter { ids.contains($0.key) }
        }
    }

    private func walk(_ id: String, layer: String, log: String) {
        // Only this thread is made less important.
        setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 19)
        let start = MonotonicTime.nanoseconds()
        let layerBytes = FolderSize.measure(layer, entriesMax: DiskUsage.entriesMax)
        let logBytes = log.isEmpty ? 0 : FolderSize.measure(log, entriesMax: DiskUsage.entriesMax)
        let now = MonotonicTime.nanoseconds()
        entries.withLock { entries in
            guard var entry = entries[id] else { return }
            entry.isAsked = false
            entry.cost = now &- start
            if let layerBytes, let logBytes {
                entry.measure = Measure(layer: layerBytes, log: logBytes, time: now)
                entry.failures = 0
                let cost = entries.reduce(entry.cost) { $1.key == id ? $0 : $0 + $1.value.cost }
                entry.nextTime = now + DiskUsage.interval(cost: cost)
            } else {
                entry.failures = min(entry.failures + 1, 20)
                entry.nextTime = now + DiskUsage.longestInterval * entry.failures
            }
            entries[id] = entry
        }
    }
}

/// The size of a folder tree on one file system.
enum FolderSize {
    /// Levels below the folder.
    private static let depthMax = 200

    private struct Walk {
        var device: dev_t
        var left: Int
        var bytes: UInt64 = 0
        var linked: Set<UInt64> = []
    }

    /// Bytes of blocks; nil when the folder cannot be read or has too many entries.
    static func measure(_ path: String, entriesMax: Int) -> UInt64? {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return nil }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            close(descriptor)
            return nil
        }
        var walk = Walk(device: status.st_dev, left: entriesMax)
        walk.bytes = UInt64(status.st_blocks) * 512
        return add(descriptor, depth: 0, to: &walk) ? walk.bytes : nil
    }

    /// Takes the descriptor over. Returns false when there is too much.
    private static func add(_ descriptor: Int32, depth: Int, to walk: inout Walk) -> Bool {
        guard depth < depthMax, let folder = fdopendir(descriptor) else {
            close(descriptor)
            return false
        }
        defer { closedir(folder) }
        while let entry = readdir(folder) {
            let isSelf =
                entry.pointee.d_name.0 == 0x2E
                && (entry.pointee.d_name.1 == 0
                    || (entry.pointee.d_name.1 == 0x2E && entry.pointee.d_name.2 == 0))
            if isSelf { continue }
            walk.left -= 1
            guard walk.left > 0 else { return false }
            var status = stat()
            let isFolder = withUnsafePointer(to: &entry.pointee.d_name) { name in
                name.withMemoryRebound(to: CChar.self, capacity: 256) { name -> Int32 in
                    guard fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0,
                        status.st_dev == walk.device
                    else { return -1 }
                    if status.st_mode & S_IFMT != S_IFDIR {
                        if status.st_nlink > 1, !walk.linked.insert(UInt64(status.st_ino)).inserted {
                            return -1
                        }
                        walk.bytes &+= UInt64(status.st_blocks) &* 512
                        return -1
                    }
                    walk.bytes &+= UInt64(status.st_blocks) &* 512
                    return openat(descriptor, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
                }
            }
            if isFolder >= 0, !add(isFolder, depth: depth + 1, to: &walk) { return false }
        }
        return true
    }
}

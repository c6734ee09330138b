import Platform
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// How full a file system is.
public struct FilesystemSpace: Sendable, Equatable {
    /// Bytes.
    public var capacity: UInt64
    public var free: UInt64
    /// Free for ordinary users.
    public var available: UInt64
    public var inodes: UInt64
    public var inodesFree: UInt64

    public init(capacity: UInt64, free: UInt64, available: UInt64, inodes: UInt64, inodesFree: UInt64) {
        self.capacity = capacity
        self.free = free
        self.available = available
        self.inodes = inodes
        self.inodesFree = inodesFree
    }
}

/// Asks a file system how full it is; a parameter because recorded machines have none.
public protocol FilesystemProbe: Sendable {
    /// nil when it cannot be asked. May block as long as the file system does.
    func space(at path: String) -> FilesystemSpace?
}

/// statvfs(3).
public struct StatvfsProbe: FilesystemProbe {
    public init() {}

    public func space(at path: String) -> FilesystemSpace? {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return nil }
        let unit = UInt64(status.f_frsize)
        return FilesystemSpace(
            capacity: UInt64(status.f_blocks) &* unit, free: UInt64(status.f_bfree) &* unit,
            available: UInt64(status.f_bavail) &* unit, inodes: UInt64(status.f_files),
            inodesFree: UInt64(status.f_ffree))
    }
}

/// The file systems of the machine that have a size worth telling.
///
/// The mount table is read again when the kernel says that it has changed. Network file systems, which
/// may hang, are asked on a thread of their own, and what they answered last is told.
final class FilesystemTable {
    struct Entry {
        var sample: FilesystemSample
        var device: UInt64
        var mayHang: Bool
    }

    private let root: String
    private let table: String
    private let probe: any FilesystemProbe
    private var entries: [Entry] = []
    private var watch: Int32 = -1
    private var isRead = false
    private let slow: SlowProbe

    /// Where the host's root is mounted when the monitor runs in a container: "/rootfs", or "".
    private let host: String

    /// - Parameter host: "/rootfs" or "".
    init(root: String, host: String, procfs: String, probe: any FilesystemProbe) {
        self.root = root
        self.host = host
        self.probe = probe
        table = procfs + "/self/mountinfo"
        slow = SlowProbe(probe: probe)
    }

    deinit {
        if watch >= 0 { close(watch) }
    }

    /// What is mounted now, with its space.
    func samples(disks: DiskTable, reader: inout FileReader) -> [FilesystemSample] {
        if hasChanged() { readTable(&reader) }
        var result: [FilesystemSample] = []
        result.reserveCapacity(entries.count)
        for entry in entries {
            let path = root + entry.sample.mountPoint
            guard let space = entry.mayHang ? slow.space(at: path) : probe.space(at: path), space.capacity > 0
            else { continue }
            var sample = entry.sample
            sample.fill(space)
            sample.disk =
                disks.counters(named: sample.device)
                ?? disks.counters(UInt32(entry.device >> 32), UInt32(truncatingIfNeeded: entry.device))
            result.append(sample)
        }
        return result
    }

    /// The file system that holds a path: the device's name and type, with its space.
    func sample(holding path: String) -> FilesystemSample? {
        var best: Entry?
        for entry in entries {
            let point = entry.sample.mountPoint
            guard point == "/" || path == point || path.hasPrefix(point + "/") else { continue }
            if point.utf8.count >= (best?.sample.mountPoint.utf8.count ?? 0) { best = entry }
        }
        guard let best,
            let space = best.mayHang
                ? slow.space(at: root + best.sample.mountPoint)
                : probe.space(at: root + best.sample.mountPoint)
        else { return nil }
        var sample = best.sample
        sample.fill(space)
        return sample
    }

    /// The kernel raises an exceptional condition on an open mountinfo after each change (proc(5)).
    private func hasChanged() -> Bool {
        if watch < 0 {
            watch = open(table, O_RDONLY | O_CLOEXEC)
            return true
        }
        var question = pollfd(fd: watch, events: Int16(POLLPRI), revents: 0)
        return poll(&question, 1, 0) > 0 && question.revents & Int16(POLLPRI | POLLERR) != 0 || !isRead
    }

    private func readTable(_ reader: inout FileReader) {
        isRead = true
        var seen: Set<String> = []
        var result: [Entry] = []
        for mount in MountTable.read(table, reader: &reader) {
            // Within a container only what is below the host's root is the machine's.
            if !host.isEmpty, mount.mountPoint != host, !mount.mountPoint.hasPrefix(host + "/") { continue }
            guard let kind = FilesystemKind(mount, host: host), seen.insert(kind.device).inserted else {
                continue
            }
            result.append(
                Entry(
                    sample: FilesystemSample(
                        device: kind.device, type: mount.type, mountPoint: mount.mountPoint),
                    device: DiskTable.key(mount.major, mount.minor), mayHang: kind.mayHang))
        }
        entries = result
    }
}

extension FilesystemSample {
    mutating func fill(_ space: FilesystemSpace) {
        capacity = space.capacity
        usage = space.capacity - min(space.free, space.capacity)
        baseUsage = usage
        available = space.available
        if space.inodes > 0 {
            inodes = space.inodes
            inodesFree = space.inodesFree
        }
    }
}

/// Whether a mount counts as a file system, and under which name.
struct FilesystemKind {
    let device: String
    let mayHang: Bool

    private static let types: Set<String> = [
        "btrfs", "exfat", "ext2", "ext3", "ext4", "f2fs", "fat", "hfs", "hfsplus", "iso9660", "jfs", "msdos",
        "ntfs",
        "ntfs3", "overlay", "reiserfs", "squashfs", "tmpfs", "udf", "vfat", "xfs", "zfs", "bcachefs",
    ]

    /// nil for what has no size, and for what is mounted for a container: views of file systems that are
    /// counted already, and its small ones of memory.
    ///
    /// - Parameter host: where the host's root is mounted.
    init?(_ mount: MountTable.Mount, host: String) {
        // Below a container's root.
        guard !mount.mountPoint.contains("/merged/"),
            !mount.mountPoint.dropFirst(host.count).contains("/rootfs/")
        else { return nil }
        mayHang = mount.type.hasPrefix("nfs")
        guard mayHang || FilesystemKind.types.contains(mount.type) || mount.mountPoint == "/" else {
            return nil
        }
        switch mount.type {
        case "overlay":
            let isContainerRoot =
                mount.mountPoint.hasSuffix("/merged") || mount.mountPoint.hasSuffix("/rootfs")
            guard !isContainerRoot else { return nil }
            device = "overlay_\(mount.major)-\(mount.minor)"
        case "tmpfs":
            // A container's /dev/shm as the host sees it.
            guard !mount.mountPoint.hasSuffix("/userdata/shm"), !mount.mountPoint.hasSuffix("/mounts/shm")
            else { return nil }
            device = String(mount.mountPoint.dropFirst(host.count))
        default: device = mount.source
        }
    }
}

/// Asks file systems that may hang on a thread of its own.
private final class SlowProbe: Sendable {
    private struct State {
        var known: [String: FilesystemSpace] = [:]
        var asked: Set<String> = []
        var threads: WorkerThreads?
    }

    private let probe: any FilesystemProbe
    private let state = Mutex(State())

    init(probe: any FilesystemProbe) { self.probe = probe }

    deinit { state.withLock { $0.threads?.shutDown() } }

    /// The last answer, while a new one is asked for unless one is still awaited.
    func space(at path: String) -> FilesystemSpace? {
        let (known, threads): (FilesystemSpace?, WorkerThreads?) = state.withLock { state in
            guard state.asked.insert(path).inserted else { return (state.known[path], nil) }
            let threads =
                state.threads
                ?? WorkerThreads(name: "statvfs", count: 1, queueLimit: 64, stackSize: 256 << 10)
            state.threads = threads
            return (state.known[path], threads)
        }
        threads?.submit { [weak self, probe] in
            let space = probe.space(at: path)
            self?.state.withLock { state in
                state.known[path] = space
                state.asked.remove(path)
            }
        }
        return known
    }
}

/// What one cgroup used, read at one moment. Counters count from the cgroup's making.
public struct ContainerSample: Sendable, Equatable {
    /// Milliseconds since 1970.
    public var time: Int64 = 0
    /// nil where the cgroup has no such controller, as for the others below.
    public var cpu: CPUSample?
    public var memory: MemorySample?
    public var pressure: PressureSample?
    /// Block devices; sorted as the kernel lists them.
    public var devices: [DeviceSample] = []
    /// Network interfaces of the container's namespace.
    public var interfaces: [InterfaceSample] = []
    /// File systems: all of the machine for "/", the writable layer's for a container.
    public var filesystems: [FilesystemSample] = []
    public var processes: ProcessSample?
    public var hugePages: [HugePageSample] = []
    public var scheduler: SchedulerSample?
    public var sockets: SocketSample?
    public var tasks: TaskStates?
    /// Pages by kind, scope and node; empty unless the group memory_numa is on.
    public var numaPages: [NUMAPages] = []
    /// 1 when pages move with their task between memory nodes; nil unless the group cpuset is on.
    public var memoryMigrate: UInt64?
    /// Bytes that processes touched since the last reset; nil unless the group is on.
    public var referencedBytes: UInt64?
    /// Use of processor caches and memory bandwidth; empty unless the group resctrl is on.
    public var cache: [CacheSample] = []
    /// Processes of this cgroup that the kernel killed for want of memory.
    public var oomEvents: UInt64 = 0

    public init() {}
}

/// Time on processors, nanoseconds.
public struct CPUSample: Sendable, Equatable {
    public var total: UInt64 = 0
    public var user: UInt64 = 0
    public var system: UInt64 = 0
    /// By logical processor; only cgroup v1 tells.
    public var perCPU: [UInt64] = []
    /// Enforcement intervals of the quota that have passed, and those in which it was used up.
    public var periods: UInt64 = 0
    public var throttledPeriods: UInt64 = 0
    public var throttledTime: UInt64 = 0
    public var burstPeriods: UInt64 = 0
    public var burstTime: UInt64 = 0

    public init() {}
}

/// Memory in bytes; faults and scans are counts.
public struct MemorySample: Sendable, Equatable {
    public var usage: UInt64 = 0
    public var maxUsage: UInt64 = 0
    public var workingSet: UInt64 = 0
    public var rss: UInt64 = 0
    public var cache: UInt64 = 0
    public var swap: UInt64 = 0
    public var mappedFile: UInt64 = 0
    public var kernel: UInt64 = 0
    public var activeFile: UInt64 = 0
    public var inactiveFile: UInt64 = 0
    public var fileDirty: UInt64 = 0
    public var fileWriteback: UInt64 = 0
    /// Times the limit was hit.
    public var failures: UInt64 = 0
    /// Page faults of the cgroup alone; under v2, where the kernel does not tell them apart, of the
    /// subtree.
    public var pageFaults: UInt64 = 0
    public var majorFaults: UInt64 = 0
    /// Page faults of the subtree.
    public var pageFaultsHierarchy: UInt64 = 0
    public var majorFaultsHierarchy: UInt64 = 0
    public var pagesScanned: UInt64 = 0
    public var pagesStolen: UInt64 = 0
    public var refaultsFile: UInt64 = 0
    public var refaultsAnon: UInt64 = 0
    public var eventsHigh: UInt64 = 0
    public var eventsMax: UInt64 = 0

    public init() {}
}

/// Pressure stall information.
public struct PressureSample: Sendable, Equatable {
    /// One line of a pressure file.
    public struct Line: Sendable, Equatable {
        /// Microseconds.
        public var total: UInt64 = 0
        /// Percent over 10, 60 and 300 seconds.
        public var average10 = 0.0
        public var average60 = 0.0
        public var average300 = 0.0

        public init() {}
    }

    /// One resource.
    public struct Resource: Sendable, Equatable {
        /// Some tasks waited.
        public var some = Line()
        /// All tasks waited.
        public var full = Line()

        public init() {}
    }

    public var cpu: Resource?
    public var memory: Resource?
    public var io: Resource?

    public init() {}
}

/// Input and output of a block device.
public struct DeviceSample: Sendable, Equatable {
    /// Counts by operation. cgroup v2 knows reads, writes and discards only.
    public struct Operations: Sendable, Equatable {
        /// In the order of ``DeviceSample/operationNames``.
        public var values: InlineArray<6, UInt64> = .init(repeating: 0)
        /// A bit for each that the kernel told.
        public var present: UInt8 = 0

        public init() {}

        public var read: UInt64 { values[0] }
        public var write: UInt64 { values[1] }

        public static func == (a: Operations, b: Operations) -> Bool {
            guard a.present == b.present else { return false }
            for i in 0..<6 where a.values[i] != b.values[i] { return false }
            return true
        }

        mutating func set(_ index: Int, _ value: UInt64) {
            values[index] = value
            present |= 1 << UInt8(index)
        }
    }

    /// The names of the operations.
    public static let operationNames = ["Read", "Write", "Sync", "Async", "Discard", "Total"]

    public var major: UInt32
    public var minor: UInt32
    /// For instance "/dev/vda"; "" when the device has no name.
    public var name: String
    public var bytes = Operations()
    public var requests = Operations()
    /// Requests in the queue, merged requests, sectors of 512 bytes, nanoseconds of service and of
    /// waiting: only old schedulers of cgroup v1 tell them.
    public var queued = Operations()
    public var merged = Operations()
    public var sectors = Operations()
    public var serviceTime = Operations()
    public var waitTime = Operations()
    /// Nanoseconds of disk time.
    public var diskTime: UInt64?
    /// Microseconds by the io.cost controller: usage, wait, indebt, indelay.
    public var cost: [UInt64] = []

    public init(major: UInt32, minor: UInt32, name: String) {
        self.major = major
        self.minor = minor
        self.name = name
    }
}

/// Traffic of a network interface.
public struct InterfaceSample: Sendable, Equatable {
    public var name: String
    public var receivedBytes: UInt64 = 0
    public var receivedPackets: UInt64 = 0
    public var receivedErrors: UInt64 = 0
    public var receivedDropped: UInt64 = 0
    public var sentBytes: UInt64 = 0
    public var sentPackets: UInt64 = 0
    public var sentErrors: UInt64 = 0
    public var sentDropped: UInt64 = 0

    public init(name: String) { self.name = name }
}

/// A file system, in bytes.
public struct FilesystemSample: Sendable, Equatable {
    /// What the metrics call it: the block device, the mount point of a tmpfs, `overlay_0-45`.
    public var device: String
    public var type: String
    public var mountPoint: String
    public var capacity: UInt64 = 0
    public var usage: UInt64 = 0
    /// Beside ``usage``: only the writable layer, without logs.
    public var baseUsage: UInt64 = 0
    public var available: UInt64 = 0
    /// nil where the file system does not count them.
    public var inodes: UInt64?
    public var inodesFree: UInt64?
    /// The device's line of /proc/diskstats; nil without one, and for containers.
    public var disk: DiskCounters?

    public init(device: String, type: String, mountPoint: String) {
        self.device = device
        self.type = type
        self.mountPoint = mountPoint
    }
}

/// A line of /proc/diskstats. Times are milliseconds, sectors 512 bytes.
public struct DiskCounters: Sendable, Equatable {
    public var reads: UInt64 = 0
    public var readsMerged: UInt64 = 0
    public var sectorsRead: UInt64 = 0
    public var readTime: UInt64 = 0
    public var writes: UInt64 = 0
    public var writesMerged: UInt64 = 0
    public var sectorsWritten: UInt64 = 0
    public var writeTime: UInt64 = 0
    public var inProgress: UInt64 = 0
    public var time: UInt64 = 0
    public var weightedTime: UInt64 = 0

    public init() {}
}

/// What the processes of a cgroup hold.
public struct ProcessSample: Sendable, Equatable {
    public var processes: UInt64 = 0
    public var threads: UInt64 = 0
    /// 0 is no limit.
    public var threadsMax: UInt64 = 0
    public var fileDescriptors: UInt64 = 0
    public var sockets: UInt64 = 0
    /// The soft limit of open files of the first process; -1 is no limit, nil unknown.
    public var openFilesLimit: Int64?

    public init() {}
}

/// Use of one size of huge pages.
public struct HugePageSample: Sendable, Equatable {
    /// For instance "2MB".
    public var pageSize: String
    public var usage: UInt64 = 0
    public var maxUsage: UInt64 = 0
    public var failures: UInt64 = 0

    public init(pageSize: String) { self.pageSize = pageSize }
}

/// Sums of /proc/P/schedstat over a subtree's processes, living and dead.
public struct SchedulerSample: Sendable, Equatable {
    /// Nanoseconds.
    public var runTime: UInt64 = 0
    public var queueTime: UInt64 = 0
    public var runPeriods: UInt64 = 0

    public init() {}
}

/// How many tasks are in which state.
public struct TaskStates: Sendable, Equatable {
    public var sleeping: UInt64 = 0
    public var running: UInt64 = 0
    public var stopped: UInt64 = 0
    public var uninterruptible: UInt64 = 0
    public var waitingForIO: UInt64 = 0
    /// Decaying averages of running tasks over ten seconds, and of waiting ones, times 1000.
    public var load: UInt64 = 0
    public var loadWaiting: UInt64 = 0

    public init() {}
}

/// Use of one last-level cache and of the memory behind it, by the kernel's resctrl.
public struct CacheSample: Sendable, Equatable {
    /// The cache's number.
    public var node: Int
    /// Bytes.
    public var occupancy: UInt64 = 0
    /// Bytes moved to and from memory, and those to and from its own node's.
    public var totalBytes: UInt64 = 0
    public var localBytes: UInt64 = 0

    public init(node: Int) { self.node = node }
}

/// Sockets of a network namespace.
public struct SocketSample: Sendable, Equatable {
    /// One table of UDP sockets.
    public struct UDP: Sendable, Equatable {
        public var listening: UInt64 = 0
        public var dropped: UInt64 = 0
        public var receiveQueued: UInt64 = 0
        public var sendQueued: UInt64 = 0

        public init() {}
    }

    /// By TCP state 1 ... 11; empty when not read.
    public var tcp: [UInt64] = []
    public var tcp6: [UInt64] = []
    public var udp: UDP?
    public var udp6: UDP?
    /// Numbers of net/snmp `Tcp:` and net/netstat `TcpExt:` under the kernel's names; empty when not read.
    public var advanced: [Counter] = []

    /// A number under its name.
    public struct Counter: Sendable, Equatable {
        public var name: String
        public var value: Int64
    }

    public init() {}
}

/// Pages of one kind on one memory node.
public struct NUMAPages: Sendable, Equatable {
    /// file, anon or unevictable.
    public var type: String
    /// container or hierarchy.
    public var scope: String
    public var node: Int
    public var pages: UInt64
}

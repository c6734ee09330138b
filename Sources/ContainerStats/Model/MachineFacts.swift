/// What the machine is.
public struct MachineFacts: Sendable, Equatable {
    /// A DIMM type and what is there of it.
    public struct MemoryModules: Sendable, Equatable {
        public var type: String
        public var count: UInt64
        /// Bytes.
        public var capacity: UInt64
    }

    /// Milliseconds since 1970 at which the facts were read.
    public var time: Int64 = 0
    /// Logical processors that are online.
    public var cores = 0
    public var physicalCores = 0
    public var sockets = 0
    /// Of the fastest processor; 0 where unknown.
    public var frequencyKHz: UInt64 = 0
    public var vendor = ""
    /// Bytes.
    public var memory: UInt64 = 0
    public var swap: UInt64 = 0
    public var machineID = ""
    public var systemUUID = ""
    public var bootID = ""
    /// The release of the kernel, as uname prints it.
    public var kernelVersion = ""
    /// The pretty name of the operating system.
    public var osVersion = ""
    /// "" when no Docker answers.
    public var dockerVersion = ""
    /// Seconds since 1970.
    public var bootTime = 0.0
    public var memoryModules: [MemoryModules] = []
    public var hugePages: [HugePages] = []
    public var nodes: [MachineNode] = []
    public var disks: [MachineDisk] = []
    public var interfaces: [MachineInterface] = []

    public init() {}
}

/// How many huge pages of a size are reserved.
public struct HugePages: Sendable, Equatable {
    /// KiB.
    public var size: UInt64
    public var count: UInt64
}

/// A memory node with its processors.
public struct MachineNode: Sendable, Equatable {
    public var id: Int
    /// Bytes.
    public var memory: UInt64 = 0
    public var hugePages: [HugePages] = []
    public var cores: [MachineCore] = []
    /// Caches that the whole node shares.
    public var caches: [MachineCache] = []
    /// Relative cost of reaching the nodes, by node id.
    public var distances: [UInt64] = []
}

/// A physical core.
public struct MachineCore: Sendable, Equatable {
    public var id: Int
    public var socket: Int
    /// Logical processors.
    public var threads: [Int] = []
    /// Caches of its own.
    public var caches: [MachineCache] = []
}

/// A processor cache.
public struct MachineCache: Sendable, Equatable {
    public var id: Int
    /// Bytes.
    public var size: UInt64
    /// Data, Instruction or Unified.
    public var type: String
    public var level: Int
}

/// A whole block device.
public struct MachineDisk: Sendable, Equatable {
    public var name: String
    public var major: UInt32
    public var minor: UInt32
    /// Bytes.
    public var size: UInt64
    public var scheduler: String
}

/// A physical network interface.
public struct MachineInterface: Sendable, Equatable {
    public var name: String
    public var macAddress: String
    /// Megabit per second; 0 where unknown.
    public var speed: Int64
    public var mtu: Int64
}

/// What a cgroup may use. Read again at times, not at every collection.
public struct ContainerSpec: Sendable, Equatable {
    /// The processor's share and quota.
    public struct CPU: Sendable, Equatable {
        /// In the scale of cgroup v1, where 1024 is the usual share.
        public var shares: UInt64 = 0
        /// Microseconds in each period; 0 is no limit.
        public var quota: UInt64 = 0
        /// Microseconds.
        public var period: UInt64 = 0
        /// For instance "0-3".
        public var mask = ""

        public init() {}
    }

    /// Limits of memory in bytes, as the kernel writes them: the largest numbers mean no limit.
    public struct Memory: Sendable, Equatable {
        public var limit: UInt64 = 0
        /// Under v1 memory and swap together, under v2 swap alone.
        public var swapLimit: UInt64 = 0
        public var reservation: UInt64 = 0

        public init() {}
    }

    public var cpu: CPU?
    public var memory: Memory?
    /// The most processes and threads; 0 is no limit, nil unknown.
    public var processLimit: UInt64?

    public init() {}
}

/// Something that happened to a container.
public struct ContainerEvent: Sendable, Equatable {
    /// The names are cAdvisor's.
    public enum Kind: String, Sendable, CaseIterable {
        /// A process of the container was killed for want of memory.
        case oom
        /// The limit that was hit is this container's; the killed process may be in one below it.
        case oomKill
        case containerCreation
        case containerDeletion
    }

    public var kind: Kind
    /// The cgroup's path.
    public var path: String
    /// Milliseconds since 1970.
    public var time: Int64
    /// The killed process; 0 and "" when only the count is known.
    public var pid: Int
    public var processName: String
    /// What ran out, for instance "CONSTRAINT_MEMCG".
    public var constraint: String
    /// -1 when unknown.
    public var exitCode: Int

    public init(
        _ kind: Kind, path: String, time: Int64, pid: Int = 0, processName: String = "",
        constraint: String = "",
        exitCode: Int = -1
    ) {
        self.kind = kind
        self.path = path
        self.time = time
        self.pid = pid
        self.processName = processName
        self.constraint = constraint
        self.exitCode = exitCode
    }
}

/// Which events somebody asks for.
public struct ContainerEventRequest: Sendable {
    public var kinds: Set<ContainerEvent.Kind> = []
    public var path = "/"
    /// Whether events of cgroups below the path count.
    public var includesSubcontainers = false
    /// Milliseconds since 1970, inclusive.
    public var start: Int64?
    public var end: Int64?
    /// The newest so many; nil is all.
    public var count: Int? = 10

    public init() {}

    /// Whether an event is among them by kind, path and time.
    public func takes(_ event: ContainerEvent) -> Bool {
        guard kinds.contains(event.kind) else { return false }
        if let start, event.time < start { return false }
        if let end, event.time > end { return false }
        if event.path == path { return true }
        return includesSubcontainers && (path == "/" || event.path.hasPrefix(path + "/"))
    }
}

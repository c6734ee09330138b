/// Somebody who knows containers by their id. Calls block, for a bounded time.
protocol RuntimeSource: Sendable {
    /// For messages.
    var name: String { get }
    /// Whether it answers for containers whose path names this runtime; nil is a plain id.
    func covers(_ runtime: ContainerIdentity.Runtime?) -> Bool
    /// Whether it is there at all: its socket or folder exists.
    var isPresent: Bool { get }
    /// - Returns: nil when it does not know the container.
    /// - Throws: `runtime` when it does not answer as it should.
    func inspect(_ id: String) throws(ContainerStatsError) -> RuntimeRecord?
    /// The runtime's version; "" when it has none to tell.
    func version() throws(ContainerStatsError) -> String
    /// Calls `event` for each change until stopped. Sources that cannot tell return at once.
    func follow(
        stop: StopSignal, onOpen: () -> Void, event: (RuntimeEvent) -> Void
    ) throws(ContainerStatsError)
    var canFollow: Bool { get }
}

extension RuntimeSource {
    var canFollow: Bool { false }

    func follow(stop: StopSignal, onOpen: () -> Void, event: (RuntimeEvent) -> Void)
        throws(ContainerStatsError)
    {}

    func version() throws(ContainerStatsError) -> String { "" }
}

/// A change that a runtime tells.
struct RuntimeEvent: Sendable, Equatable {
    enum Action: Sendable, Equatable {
        case started
        /// Name, limits or health are no longer what they were.
        case changed
        case ended(exitCode: Int)
        case removed
        case outOfMemory
    }

    var id: String
    var action: Action
}

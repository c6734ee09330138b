import Synchronization

/// A flag that blocking work looks at between pieces: set when its client has left or its deadline
/// has passed.
public final class Cancellation: Sendable {
    private let flag = Atomic<Bool>(false)
    /// `MonotonicTime` nanoseconds after which the work is as good as cancelled; `UInt64.max` is never.
    public let deadline: UInt64

    public init(deadline: UInt64 = .max) {
        self.deadline = deadline
    }

    public func cancel() {
        flag.store(true, ordering: .relaxed)
    }

    /// Set by ``cancel()``; does not look at the clock.
    public var isCancelled: Bool { flag.load(ordering: .relaxed) }

    /// Whether the deadline has passed. Costs a look at the clock: ask once per series, not per sample.
    public var isPastDeadline: Bool { deadline != .max && MonotonicTime.nanoseconds() > deadline }
}

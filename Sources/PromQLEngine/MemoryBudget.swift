public import Platform
import Synchronization

/// Memory that all queries of a program share, so that many heavy ones at once do not take together what one alone may.
///
/// A query that finds no room waits for others to end; the one that began first goes on, so that some query always does.
/// While answers that clients have not read yet hold more than the limit, that is only so for one that has taken little:
/// who asks for much and does not read it keeps others from much, not from all.
public final class MemoryBudget: Sendable {
    private struct State {
        var nextNumber: UInt64 = 0
        /// Of queries whose answer is not complete, but for those that wait for a turn, in the order in which they began.
        var running: [UInt64] = []
    }

    /// Bytes.
    public let limit: Int
    /// Nanoseconds that a query waits for room.
    fileprivate let patience: UInt64
    private let taken = Atomic<Int>(0)
    /// The most that was taken since nothing was.
    private let peak = Atomic<Int>(0)
    private let whenFreed: @Sendable () -> Void
    /// What answers hold of it that are complete and not sent yet.
    fileprivate let unread = Atomic<Int>(0)
    private let state = Mutex(State())
    /// Told when there may be room.
    fileprivate let condition = Condition()

    /// - Parameters:
    ///   - limit: bytes.
    ///   - patience: seconds that a query waits for room before it is refused.
    ///   - whenFreed: called on any thread when nothing is taken any more and a quarter of the limit was.
    public init(limit: Int, patience: Int = 10, whenFreed: @escaping @Sendable () -> Void = {}) {
        self.limit = limit
        self.whenFreed = whenFreed
        self.patience = UInt64(max(patience, 0)) * 1_000_000_000
    }

    /// Bytes that queries and answers hold.
    public var used: Int { taken.load(ordering: .relaxed) }

    /// The share of a query that begins now.
    public func lease() -> MemoryLease {
        let number = state.withLock { state in
            state.nextNumber += 1
            state.running.append(state.nextNumber)
            return state.nextNumber
        }
        return MemoryLease(self, number)
    }

    fileprivate func change(by change: Int) -> Bool {
        let (before, now) = taken.add(change, ordering: .relaxed)
        if now <= limit, before > limit { condition.broadcast() }
        if change > 0 {
            peak.max(now, ordering: .relaxed)
        } else if now == 0, before > 0, peak.exchange(0, ordering: .relaxed) > limit / 4 {
            whenFreed()
        }
        return now <= limit
    }

    /// - Parameter held: by the query itself, bytes.
    fileprivate func hasRoom(_ number: UInt64, holding held: Int) -> Bool {
        if used <= limit { return true }
        guard unread.load(ordering: .relaxed) <= limit || held <= limit / 8 else { return false }
        return state.withLock { $0.running.first == number }
    }

    /// Answers hold more, or less when `change` is below 0.
    fileprivate func changeUnread(by change: Int) {
        let (before, now) = unread.add(change, ordering: .relaxed)
        if now <= limit, before > limit { condition.broadcast() }
    }

    fileprivate func begin(_ number: UInt64) { state.withLock { $0.running.append(number) } }

    fileprivate func end(_ number: UInt64) {
        let wasRunning = state.withLock { state in
            guard let place = state.running.firstIndex(of: number) else { return false }
            state.running.remove(at: place)
            return true
        }
        if wasRunning { condition.broadcast() }
    }
}

/// What one query holds of a ``MemoryBudget`` until its answer has been sent; given back when the last reference goes.
public final class MemoryLease: Sendable {
    private let budget: MemoryBudget
    private let number: UInt64
    private let held = Atomic<Int>(0)
    /// Of the complete answer.
    private let unread = Atomic<Int>(0)

    fileprivate init(_ budget: MemoryBudget, _ number: UInt64) {
        self.budget = budget
        self.number = number
    }

    deinit { endRun(keeping: 0) }

    /// Takes more bytes, or gives back when `change` is below 0. Whether the limit of all holds after it; what is taken is
    /// taken in any case.
    @discardableResult
    public func change(by change: Int) -> Bool {
        held.add(change, ordering: .relaxed)
        return budget.change(by: change)
    }

    /// Blocks the thread until the limit of all holds again, this query is the first of those that run and may go on, or it
    /// is cancelled. False when that took too long, or the ticket is overdue.
    public func waitForRoom(_ cancellation: Cancellation, _ ticket: QueryTicket?) -> Bool {
        let end = MonotonicTime.nanoseconds() &+ budget.patience
        while true {
            // A cancellation wakes nobody: it is looked for from time to time.
            let pause = min(end, MonotonicTime.nanoseconds() &+ 20_000_000)
            let hasRoom = budget.condition.wait(deadline: pause) { () -> Bool? in
                budget.hasRoom(number, holding: held.load(ordering: .relaxed)) ? true : nil
            }
            if hasRoom != nil || cancellation.isCancelled || cancellation.isPastDeadline { return true }
            if MonotonicTime.nanoseconds() >= end || ticket?.isOverdue == true { return false }
        }
    }

    /// Runs `body`, in which the query waits for something else than memory: another one is the first meanwhile. It comes last
    /// after that.
    func paused<Value>(_ body: () -> Value) -> Value {
        budget.end(number)
        defer { budget.begin(number) }
        return body()
    }

    /// Lets the next query be the first; what is left is the answer that waits to be sent.
    ///
    /// - Parameter bytes: of that answer.
    public func endRun(keeping bytes: Int) {
        change(by: bytes - held.load(ordering: .relaxed))
        budget.changeUnread(by: bytes - unread.exchange(bytes, ordering: .relaxed))
        budget.end(number)
    }
}

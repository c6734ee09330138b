import Platform
import Synchronization

/// Lets large queries compute as many at once as there are cores: more would take as long together, and hold their memory
/// for longer each.
///
/// Who waits does so until its deadline. Only while a crowd waits, those in it are refused after a short time: they ask for
/// more than is to be had soon, and are better told so than kept.
public final class QueryQueue: Sendable {
    private struct State {
        var nextNumber: UInt64 = 0
        /// For a turn, in the order in which they came.
        var waiting: [UInt64] = []
        var turnsTaken = 0
    }

    private let turnCount: Int
    private let crowd: Int
    /// Nanoseconds.
    private let patience: UInt64
    /// When a crowd was last seen.
    private let lastCrowd = Atomic<UInt64>(0)
    private let state = Mutex(State())
    /// Told when there may be a turn.
    private let condition = Condition()

    /// - Parameters:
    ///   - turnCount: large queries that compute at once.
    ///   - crowd: more queries than these that wait for a thread are a crowd.
    ///   - patience: seconds that a query waits in a crowd.
    public init(turnCount: Int = QueryEngine.coreCount, crowd: Int = 25, patience: Int = 2) {
        self.turnCount = max(turnCount, 1)
        self.crowd = crowd
        self.patience = UInt64(max(patience, 0)) * 1_000_000_000
    }

    /// For a query that comes now.
    public func ticket() -> QueryTicket { QueryTicket(self) }

    /// To be told how many queries wait for a thread whenever one comes.
    public func noteWaiting(_ count: Int) {
        if count > crowd { lastCrowd.store(MonotonicTime.nanoseconds(), ordering: .relaxed) }
    }

    fileprivate func isOverdue(_ arrival: UInt64) -> Bool {
        lastCrowd.load(ordering: .relaxed) >= arrival && MonotonicTime.nanoseconds() &- arrival > patience
    }

    /// Blocks the thread until there is a turn. False when `isOver` said that there is no use in waiting.
    fileprivate func takeTurn(unless isOver: () -> Bool) -> Bool {
        let number = state.withLock { state in
            state.nextNumber += 1
            state.waiting.append(state.nextNumber)
            return state.nextNumber
        }
        while true {
            // Whatever else ends the wait wakes nobody: it is looked for from time to time.
            let turn = condition.wait(deadline: MonotonicTime.nanoseconds() &+ 20_000_000) { () -> Bool? in
                state.withLock { state in
                    guard state.waiting.first == number, state.turnsTaken < turnCount else { return nil }
                    state.waiting.removeFirst()
                    state.turnsTaken += 1
                    return true
                }
            }
            let isOver = turn == nil && isOver()
            if turn == nil, !isOver { continue }
            if isOver { state.withLock { $0.waiting.removeAll { $0 == number } } }
            condition.broadcast()
            return !isOver
        }
    }

    fileprivate func giveBackTurn() {
        state.withLock { $0.turnsTaken -= 1 }
        condition.broadcast()
    }
}

/// The place of one query in a ``QueryQueue``.
public final class QueryTicket: Sendable {
    private let queue: QueryQueue
    private let arrival = MonotonicTime.nanoseconds()
    private let turn = Atomic<Bool>(false)

    fileprivate init(_ queue: QueryQueue) { self.queue = queue }

    deinit { giveBackTurn() }

    /// Whether the query has waited for as long as a crowd lets it.
    public var isOverdue: Bool { queue.isOverdue(arrival) }

    var hasTurn: Bool { turn.load(ordering: .relaxed) }

    /// Blocks the thread until the query may compute, is overdue or is cancelled. False when it may not compute.
    func takeTurn(_ cancellation: Cancellation) -> Bool {
        if hasTurn { return true }
        guard
            queue.takeTurn(unless: { isOverdue || cancellation.isCancelled || cancellation.isPastDeadline })
        else { return false }
        turn.store(true, ordering: .relaxed)
        return true
    }

    func giveBackTurn() {
        if turn.exchange(false, ordering: .relaxed) { queue.giveBackTurn() }
    }
}

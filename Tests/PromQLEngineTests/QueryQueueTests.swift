import Platform
import PromQLSyntax
import Testing

@testable import PromQLEngine

@Suite struct QueryQueueTests {
    private static let cancelled: Cancellation = {
        let cancellation = Cancellation()
        cancellation.cancel()
        return cancellation
    }()

    @Test func letsAsManyComputeAsThereAreTurns() {
        let queue = QueryQueue(turnCount: 2)
        let first = queue.ticket()
        let third = queue.ticket()
        do {
            let second = queue.ticket()
            #expect(first.takeTurn(Cancellation()))
            #expect(second.takeTurn(Cancellation()))
            // Its own turn, once more.
            #expect(second.takeTurn(QueryQueueTests.cancelled))
            // Who leaves need not wait.
            #expect(!third.takeTurn(QueryQueueTests.cancelled))
        }
        // The second is gone, and with it its turn.
        #expect(third.takeTurn(Cancellation()))
        first.giveBackTurn()
        first.giveBackTurn()
        let fourth = queue.ticket()
        let fifth = queue.ticket()
        #expect(fourth.takeTurn(Cancellation()))
        #expect(!fifth.takeTurn(QueryQueueTests.cancelled))
    }

    @Test func turnsComeInOrder() async throws {
        let queue = QueryQueue(turnCount: 1)
        let first = queue.ticket()
        #expect(first.takeTurn(Cancellation()))
        let threads = WorkerThreads(name: "test", count: 8)
        defer { threads.shutDown() }
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    try await threads.run { cancellation in
                        let ticket = queue.ticket()
                        defer { ticket.giveBackTurn() }
                        return ticket.takeTurn(cancellation)
                    }
                }
            }
            first.giveBackTurn()
            for try await hadTurn in group { #expect(hadTurn) }
        }
    }

    /// Or those that compute would wait for the memory of one that waits for them.
    @Test func whoWaitsForATurnIsNotTheFirstForMemory() {
        let budget = MemoryBudget(limit: 1000, patience: 0)
        let waiting = budget.lease()
        let computing = budget.lease()
        computing.change(by: 1001)
        #expect(!computing.waitForRoom(Cancellation(), nil))
        waiting.paused { #expect(computing.waitForRoom(Cancellation(), nil)) }
        // It comes last now.
        #expect(computing.waitForRoom(Cancellation(), nil))
        #expect(!waiting.waitForRoom(Cancellation(), nil))
    }

    @Test func onlyACrowdIsImpatient() {
        let queue = QueryQueue(turnCount: 1, crowd: 2, patience: 0)
        let early = queue.ticket()
        queue.noteWaiting(2)
        #expect(!early.isOverdue)
        queue.noteWaiting(3)
        #expect(early.isOverdue)
        #expect(!queue.ticket().isOverdue)
        #expect(!QueryQueue(crowd: 2, patience: 60).ticket().isOverdue)
    }

    @Test func largeQueriesWaitAndOthersDoNot() throws {
        let queue = QueryQueue(turnCount: 1, crowd: 0, patience: 0)
        let other = queue.ticket()
        #expect(other.takeTurn(Cancellation()))
        let waiting = queue.ticket()
        queue.noteWaiting(1)
        let expression = try Expression.parse("m_total")
        func error(_ times: Query.Times) -> QueryError? {
            do throws(QueryError) {
                _ = try QueryEngine().evaluate(
                    Query(expression, at: times, text: "m_total"),
                    over: LimitsTests.storage(seriesCount: 20), ticket: waiting)
                return nil
            } catch { return error }
        }
        // 20 series at 20,000 steps.
        let large = Query.Times.range(start: 0, end: 19_999, step: 1)
        #expect(error(large)?.kind == .busy)
        #expect(error(.instant(0)) == nil)
        other.giveBackTurn()
        #expect(error(large) == nil)
        // It has given its turn back.
        #expect(queue.ticket().takeTurn(Cancellation()))
    }
}

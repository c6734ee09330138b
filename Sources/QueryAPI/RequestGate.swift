import Synchronization

/// Lets so many requests through at once; others wait for their turn.
final class RequestGate: Sendable {
    private struct State {
        var free: Int
        /// In the order in which they came.
        var waiting: [AsyncStream<Void>.Continuation] = []
    }

    private let state: Mutex<State>

    /// - Parameter count: 0 is no bound.
    init(_ count: Int) {
        state = Mutex(State(free: count > 0 ? count : .max))
    }

    func run<Value>(_ body: () async throws -> Value) async throws -> Value {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        state.withLock { state in
            if state.free > 0 {
                state.free -= 1
                continuation.yield()
            } else {
                state.waiting.append(continuation)
            }
        }
        var hasTurn = false
        for await _ in stream {
            hasTurn = true
            break
        }
        // Without a turn the task was cancelled while it waited.
        guard hasTurn else { throw CancellationError() }
        defer { pass() }
        return try await body()
    }

    private func pass() {
        state.withLock { state in
            while !state.waiting.isEmpty {
                // One that has given up does not take it.
                if case .enqueued = state.waiting.removeFirst().yield() { return }
            }
            state.free += 1
        }
    }
}

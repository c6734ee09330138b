import Synchronization

/// Whether something is being done that its beginner need not wait for. One waits at a time.
final class Occupation: Sendable {
    private struct State {
        var isBusy = false
        var waiting: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    func begin() { state.withLock { $0.isBusy = true } }

    func end() {
        let waiting = state.withLock { state in
            state.isBusy = false
            return state.waiting.take()
        }
        waiting?.resume()
    }

    /// Returns when nothing is being done.
    func wait() async {
        guard state.withLock({ $0.isBusy }) else { return }
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                if state.isBusy { state.waiting = continuation }
                return !state.isBusy
            }
            if isFree { continuation.resume() }
        }
    }
}

import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// A thread that does something again and again until it is stopped.
public final class PeriodicThread: Sendable {
    private struct State {
        var isStopped = false
        var isWoken = false
        var isEnded = false
        var thread: pthread_t?
    }

    private let state = Mutex(State())
    private let condition = Condition()

    /// Starts the thread.
    ///
    /// - Parameters:
    ///   - name: shown by the operating system; 15 bytes at most.
    ///   - interval: milliseconds between the end of one run and the start of the next.
    ///   - body: one run; must not keep the object that owns the thread alive for ever.
    public init(name: String, interval: Int64, _ body: @escaping @Sendable () -> Void) {
        startThread(name: name, stackSize: 8 << 20) { [self] in
            let thread = pthread_self()
            state.withLock { $0.thread = thread }
            while next(interval) { body() }
            state.withLock { $0.isEnded = true }
            condition.broadcast()
        }
    }

    /// Starts the next run now.
    public func wake() {
        state.withLock { $0.isWoken = true }
        condition.broadcast()
    }

    /// Lets no further run start and waits for the end of one that is under way, unless it is the run
    /// that calls.
    public func stop() {
        let caller = pthread_self()
        let isOwn = state.withLock { state in
            state.isStopped = true
            return state.thread.map { pthread_equal($0, caller) != 0 } ?? false
        }
        condition.broadcast()
        if isOwn { return }
        condition.wait { state.withLock { $0.isEnded ? true : nil } }
    }

    private func next(_ interval: Int64) -> Bool {
        let deadline = MonotonicTime.nanoseconds() + UInt64(max(interval, 1)) * 1_000_000
        let answer: Bool? = condition.wait(deadline: deadline) { () -> Bool? in
            state.withLock { state in
                if state.isStopped { return false }
                defer { state.isWoken = false }
                return state.isWoken ? true : nil
            }
        }
        return answer ?? true
    }
}

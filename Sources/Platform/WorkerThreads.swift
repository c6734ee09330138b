import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// A fixed set of threads for work that blocks or computes for long (fsync, compaction, query
/// evaluation, password hashes), so that neither event loops nor the cooperative pool ever wait.
///
/// Work waits in a bounded queue, first come first served. The threads keep the object alive until
/// ``shutDown()``.
public final class WorkerThreads: Sendable {
    /// What happens to work that the threads do not take.
    public enum Refusal: Error, Sendable {
        /// The queue is full: answer "try again later".
        case queueFull
        /// ``shutDown()`` has been called.
        case shutDown
    }

    private struct State {
        var queue: [@Sendable () -> Void] = []
        var head = 0
        var isShutDown = false
    }

    private let condition = Condition()
    private let state = Mutex(State())
    private let queueLimit: Int

    /// Starts the threads.
    ///
    /// - Parameters:
    ///   - name: shown by the operating system; 15 bytes at most.
    ///   - count: at least 1.
    ///   - queueLimit: the most pieces of work that may wait.
    ///   - stackSize: bytes of stack of each thread; recursive evaluation needs its share.
    public init(name: String, count: Int, queueLimit: Int = 10_000, stackSize: Int = 8 << 20) {
        precondition(count > 0, "BUG: WorkerThreads needs a thread")
        self.queueLimit = queueLimit
        for _ in 0..<count {
            startThread(name: name, stackSize: stackSize) { [self] in
                while let work = next() { work() }
            }
        }
    }

    /// Runs `body` on one of the threads and waits for it without blocking the caller's thread. When
    /// the calling task is cancelled, the `Cancellation` that `body` gets is set; `body` decides.
    ///
    /// - Throws: ``Refusal``, or what `body` throws.
    public func run<Value: Sendable>(
        deadline: UInt64 = .max, _ body: @escaping @Sendable (Cancellation) throws -> Value
    ) async throws -> Value {
        try await run(Cancellation(deadline: deadline), body)
    }

    /// As ``run(deadline:_:)``, with a cancellation that others may set, too.
    ///
    /// - Throws: ``Refusal``, or what `body` throws.
    public func run<Value: Sendable>(
        _ cancellation: Cancellation, _ body: @escaping @Sendable (Cancellation) throws -> Value
    ) async throws -> Value {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let refusal = submit {
                    continuation.resume(with: Result { try body(cancellation) })
                }
                if let refusal { continuation.resume(throwing: refusal) }
            }
        } onCancel: {
            cancellation.cancel()
        }
    }

    /// Queues work that nobody waits for. Returns why it was refused, or nil.
    @discardableResult
    public func submit(_ work: @escaping @Sendable () -> Void) -> Refusal? {
        let refusal: Refusal? = state.withLock { state in
            if state.isShutDown { return .shutDown }
            if state.queue.count - state.head >= queueLimit { return .queueFull }
            state.queue.append(work)
            return nil
        }
        if refusal == nil { condition.signal() }
        return refusal
    }

    /// How many pieces of work wait for a thread.
    public var waitingCount: Int { state.withLock { $0.queue.count - $0.head } }

    /// Lets the threads end after the work that is queued.
    public func shutDown() {
        state.withLock { $0.isShutDown = true }
        condition.broadcast()
    }

    /// Blocks until there is work; nil when the threads are to end.
    private func next() -> (@Sendable () -> Void)? {
        condition.wait { () -> (@Sendable () -> Void)?? in
            state.withLock { state in
                if state.head < state.queue.count {
                    let work = state.queue[state.head]
                    state.head += 1
                    if state.head == state.queue.count || state.head >= 1024 {
                        state.queue.removeFirst(state.head)
                        state.head = 0
                    }
                    return .some(work)
                }
                return state.isShutDown ? .some(nil) : .none
            }
        }
    }
}

/// Starts a detached thread.
package func startThread(name: String, stackSize: Int, _ body: @escaping @Sendable () -> Void) {
    final class Start {
        let name: String
        let body: @Sendable () -> Void
        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setstacksize(&attributes, stackSize)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    var thread = pthread_t()
    let start = Unmanaged.passRetained(Start(name: name, body: body))
    let status = pthread_create(
        &thread, &attributes,
        { argument in
            guard let argument else { return nil }
            let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
            nameThisThread(start.name)
            start.body()
            return nil
        }, start.toOpaque())
    precondition(status == 0, "cannot start a thread: error \(status)")
}

/// Shows a name in `top -H`. glibc's call for it is not visible to Swift; the kernel's file is. A
/// machine without procfs shows no name, which harms nothing.
private func nameThisThread(_ name: String) {
    let file = open("/proc/thread-self/comm", O_WRONLY)
    guard file >= 0 else { return }
    defer { close(file) }
    var name = String(name.prefix(15))
    _ = name.withUTF8 { write(file, $0.baseAddress, $0.count) }
}

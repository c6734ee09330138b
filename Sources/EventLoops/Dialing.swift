import Platform

#if canImport(Glibc)
    import Glibc
#endif

/// Connects to a server by the first of its addresses that answers: each has a quarter of a second for itself before the
/// next one is tried beside it (RFC 8305, "Happy Eyeballs").
///
/// Touched on the thread of the loop only.
public final class Dialing {
    private static let pace: UInt64 = 250_000_000

    private let loop: SocketLoop
    private var addresses: ArraySlice<ServerAddress>
    private var attempts: [Attempt] = []
    private var timer: SocketLoop.Timer?
    private var failure = SocketError(text: "no address")
    private var completion: ((Result<Int32, SocketError>) -> Void)?

    /// ``begin()`` begins, ``cancel()`` ends it without an answer.
    ///
    /// - Parameter completion: gets the connected socket, which it is to close, or why the last address failed.
    public init(
        _ addresses: [ServerAddress], on loop: SocketLoop,
        completion: @escaping (Result<Int32, SocketError>) -> Void
    ) {
        self.loop = loop
        self.addresses = addresses[...]
        self.completion = completion
    }

    /// Tries the first address. The completion may be called before this returns.
    public func begin() { tryNext() }

    /// Closes what is being connected; the completion is not called any more.
    public func cancel() {
        completion = nil
        stop()
    }

    private func tryNext() {
        timer?.cancel()
        timer = nil
        while let address = addresses.popFirst() {
            do throws(SocketError) {
                let attempt = Attempt(try address.connect(), self)
                attempts.append(attempt)
                loop.watch(attempt.socket, for: .writing, attempt)
                if !addresses.isEmpty {
                    timer = loop.at(MonotonicTime.nanoseconds() + Self.pace) { self.tryNext() }
                }
                return
            } catch {
                failure = error
            }
        }
        if attempts.isEmpty { end(.failure(failure)) }
    }

    private func isReady(_ attempt: Attempt) {
        var error: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        if getsockopt(attempt.socket, SOL_SOCKET, SO_ERROR, &error, &size) != 0 { error = errno }
        attempts.removeAll { $0 === attempt }
        loop.forget(attempt.socket)
        if error == 0 { return end(.success(attempt.socket)) }
        close(attempt.socket)
        failure = SocketError(error)
        // What failed needs no pace.
        tryNext()
    }

    private func end(_ result: Result<Int32, SocketError>) {
        stop()
        completion.take()?(result)
    }

    private func stop() {
        timer?.cancel()
        timer = nil
        addresses = []
        for attempt in attempts {
            loop.forget(attempt.socket)
            close(attempt.socket)
        }
        attempts = []
    }

    private final class Attempt: SocketHandler {
        let socket: Int32
        private let dialing: Dialing

        init(_ socket: Int32, _ dialing: Dialing) {
            self.socket = socket
            self.dialing = dialing
        }

        func isReady() { dialing.isReady(self) }
    }
}

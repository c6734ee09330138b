internal import AsyncHTTPClient
internal import EventLoops
internal import NIOCore
internal import Platform
internal import Synchronization
internal import Wire

/// One connection to one server over plain HTTP, for what is asked again and again: no pool, and no thread but that of
/// its loop between a request and the end of its answer. Made by ``OutgoingClient/keptConnection(to:on:)``.
public final class KeptConnection: @unchecked Sendable {
    /// What `Host` says, also when the address was resolved.
    let authority: String
    let host: String
    private let port: Int
    let loop: SocketLoop
    /// Whether the server has sent elsewhere: from then on the client asks by itself and follows.
    let redirects = Atomic<Bool>(false)
    /// The last request without a body: the same one is asked again and again.
    private let lastRequest = Mutex<KnownRequest?>(nil)
    /// Threads that ask for addresses of names, which takes seconds when a name server is silent.
    private static let resolvers = WorkerThreads(name: "resolver", count: 4)

    // Touched on the loop's thread only.
    private var open: HTTPSocket?
    private var dialing: Dialing?

    /// - Returns: nil when the URL is none that can be asked over plain HTTP.
    init?(to url: String, on loop: SocketLoop) {
        guard let parts = Self.parts(of: url) else { return nil }
        (authority, host, port) = (parts.authority, parts.host, parts.port)
        self.loop = loop
    }

    private struct KnownRequest {
        var request: OutgoingRequest
        var credentials: [(String, String)]
        var bytes: [UInt8]
    }

    deinit {
        guard let open else { return }
        loop.execute { open.close() }
    }

    /// The bytes of a request that was the last to be remembered; nil for others.
    func known(_ request: OutgoingRequest, _ credentials: [(String, String)]) -> [UInt8]? {
        lastRequest.withLock { last in
            guard let last, request.body == nil, last.request.method == request.method,
                last.request.url == request.url,
                last.request.headers.elementsEqual(request.headers, by: ==),
                last.credentials.elementsEqual(credentials, by: ==)
            else { return nil }
            return last.bytes
        }
    }

    func remember(_ bytes: [UInt8], for request: OutgoingRequest, _ credentials: [(String, String)]) {
        guard request.body == nil else { return }
        var request = request
        request.buffer = NIOCore.ByteBuffer()
        lastRequest.withLock { $0 = KnownRequest(request: request, credentials: credentials, bytes: bytes) }
    }

    /// Sends a request and waits for the whole answer. One at a time.
    ///
    /// - Parameters:
    ///   - request: its bytes, from the first line to the end of the body.
    ///   - isHead: whether the method is HEAD.
    ///   - buffer: for the body; its room is reused.
    ///   - sizeLimit: of the body, bytes.
    ///   - deadline: of ``MonotonicTime``.
    /// - Throws: `HTTPClientError`, ``DialError``, ``SocketError``, `WebClientError` (`bodyTooLarge`, `connection` for what is no answer).
    func send(
        _ request: [UInt8], isHead: Bool, buffer: consuming NIOCore.ByteBuffer, sizeLimit: Int,
        deadline: UInt64
    ) async throws -> OutgoingResponse {
        let exchange = Exchange(request, buffer: buffer, sizeLimit: sizeLimit, isHead: isHead)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                onLoop {
                    exchange.continuation = continuation
                    if exchange.isOver { return continuation.resume(throwing: HTTPClientError.cancelled) }
                    self.start(exchange, deadline)
                }
            }
        } onCancel: {
            onLoop { self.fail(exchange, HTTPClientError.cancelled) }
        }
    }

    private func onLoop(_ body: @escaping @Sendable () -> Void) {
        if loop.isCurrent { body() } else { loop.execute(body) }
    }

    private func start(_ exchange: Exchange, _ deadline: UInt64) {
        exchange.timer = loop.at(deadline) {
            let isConnected = self.open != nil
            self.fail(exchange, isConnected ? HTTPClientError.deadlineExceeded : .connectTimeout)
        }
        if let open, open.isOpen { return open.begin(exchange) }
        open = nil
        if let addresses = try? ServerAddress.find(host: host, port: port, isNumeric: true) {
            return dial(addresses, exchange)
        }
        let refusal = Self.resolvers.submit { [host, port, loop] in
            let found = Result { () throws(SocketError) in
                try ServerAddress.find(host: host, port: port, isNumeric: false)
            }
            loop.execute {
                switch found {
                case .success(let addresses): self.dial(addresses, exchange)
                case .failure(let error): exchange.end(.failure(DialError(reason: error)))
                }
            }
        }
        if let refusal { exchange.end(.failure(refusal)) }
    }

    private func dial(_ addresses: [ServerAddress], _ exchange: Exchange) {
        // Its time may be over.
        guard !exchange.isOver else { return }
        let dialing = Dialing(addresses, on: loop) { result in
            self.dialing = nil
            switch result {
            case .failure(let error): exchange.end(.failure(DialError(reason: error)))
            case .success(let socket):
                let open = HTTPSocket(socket, on: self.loop)
                self.open = open
                open.begin(exchange)
            }
        }
        self.dialing = dialing
        dialing.begin()
    }

    /// Ends an exchange before its answer has; what is left of the answer goes with the connection.
    private func fail(_ exchange: Exchange, _ error: any Error) {
        guard !exchange.isOver else { return }
        exchange.end(.failure(error))
        dialing?.cancel()
        dialing = nil
        open?.close()
        open = nil
    }

    /// The parts of `http://host:port/…`; nil for other schemes, a login, or what is no address.
    static func parts(of url: String) -> (authority: String, host: String, port: Int)? {
        guard url.hasPrefix("http://") else { return nil }
        let authority = String(url.dropFirst(7).prefix { $0 != "/" && $0 != "?" && $0 != "#" })
        guard !authority.isEmpty, !authority.contains("@") else { return nil }
        var host = authority[...]
        var port: Int? = 80
        if let colon = authority.lastIndex(of: ":"), !authority[colon...].contains("]") {
            host = authority[..<colon]
            port = Int(authority[authority.index(after: colon)...])
        }
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard let port, (1...65535).contains(port), !host.isEmpty, !host.contains("[") else { return nil }
        return (authority, String(host), port)
    }
}

/// Why there is no connection to a server.
struct DialError: Error {
    let reason: SocketError
}

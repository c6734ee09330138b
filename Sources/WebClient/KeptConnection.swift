internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import Synchronization

/// One connection to one server over plain HTTP, for what is asked again and again: no pool, and no thread but that of
/// its event loop between a request and the end of its answer. Made by ``OutgoingClient/keptConnection(to:on:)``.
public final class KeptConnection: Sendable {
    /// What `Host` says, also when the address was resolved.
    let authority: String
    let host: String
    private let port: Int
    private let connectTimeout: TimeAmount
    let eventLoop: any EventLoop
    /// Whether the server has sent elsewhere: from then on the client asks by itself and follows.
    let redirects = Atomic<Bool>(false)
    /// The open connection, or nil.
    private let current: NIOLoopBoundBox<Current?>

    private struct Current {
        let channel: any Channel
        let reader: ResponseReader
    }

    /// - Returns: nil when the URL is none that can be asked over plain HTTP.
    init?(to url: String, on eventLoop: any EventLoop, connectTimeout: TimeAmount) {
        guard let parts = Self.parts(of: url) else { return nil }
        (authority, host, port) = (parts.authority, parts.host, parts.port)
        self.eventLoop = eventLoop
        self.connectTimeout = connectTimeout
        current = .makeBoxSendingValue(nil, eventLoop: eventLoop)
    }

    deinit {
        let current = current
        eventLoop.execute { current.value?.channel.close(promise: nil) }
    }

    /// Sends a request and waits for the whole answer. One at a time.
    ///
    /// - Parameters:
    ///   - buffer: for the body; its room is reused.
    ///   - sizeLimit: of the body, bytes.
    /// - Throws: `HTTPClientError`, `NIOConnectionError`, `WebClientError` (`bodyTooLarge`), or what the connection threw.
    func send(
        _ head: HTTPRequestHead, body: [UInt8]?, buffer: consuming ByteBuffer, sizeLimit: Int,
        deadline: NIODeadline
    ) async throws -> OutgoingResponse {
        let promise = eventLoop.makePromise(of: OutgoingResponse.self)
        let exchange = Exchange(promise: promise, buffer: buffer, sizeLimit: sizeLimit)
        onLoop { self.start(head, body, exchange, deadline) }
        return try await withTaskCancellationHandler {
            try await promise.futureResult.get()
        } onCancel: {
            onLoop { self.fail(exchange, HTTPClientError.cancelled) }
        }
    }

    private func onLoop(_ body: @escaping @Sendable () -> Void) {
        if eventLoop.inEventLoop { body() } else { eventLoop.execute(body) }
    }

    private func start(
        _ head: HTTPRequestHead, _ body: [UInt8]?, _ exchange: Exchange, _ deadline: NIODeadline
    ) {
        let timer = eventLoop.scheduleTask(deadline: deadline) {
            self.fail(exchange, HTTPClientError.deadlineExceeded)
        }
        exchange.promise.futureResult.whenComplete { _ in timer.cancel() }
        if let known = current.value, known.channel.isActive {
            write(head, body, exchange, to: known)
            return
        }
        let reader = NIOLoopBound(ResponseReader(), eventLoop: eventLoop)
        ClientBootstrap(group: eventLoop)
            .connectTimeout(connectTimeout)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelOption(.recvAllocator, value: TransientBuffers())
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    // The client has checked the headers.
                    try channel.pipeline.syncOperations.addHTTPClientHandlers(
                        enableOutboundHeaderValidation: false)
                    try channel.pipeline.syncOperations.addHandler(reader.value)
                }
            }
            .connect(host: host, port: port)
            .whenComplete { result in
                switch result {
                case .failure(let error): exchange.promise.fail(error)
                case .success(let channel):
                    let made = Current(channel: channel, reader: reader.value)
                    // Its time is over.
                    guard !exchange.isOver else { return channel.close(promise: nil) }
                    self.current.value = made
                    self.write(head, body, exchange, to: made)
                }
            }
    }

    private func write(
        _ head: HTTPRequestHead, _ body: [UInt8]?, _ exchange: Exchange, to current: Current
    ) {
        current.reader.begin(exchange)
        current.channel.write(HTTPClientRequestPart.head(head), promise: nil)
        if let body {
            current.channel.write(
                HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(bytes: body))), promise: nil)
        }
        current.channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
    }

    /// Ends an exchange before its answer has; what is left of the answer goes with the connection.
    private func fail(_ exchange: Exchange, _ error: any Error) {
        guard !exchange.isOver else { return }
        exchange.end(.failure(error))
        current.value?.channel.close(promise: nil)
        current.value = nil
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

/// Makes a large buffer for each read. NIO keeps the first buffer of a connection for good, and would use it again if it
/// were told that the next one is not larger: of many connections that are asked once in a while, that would be most of
/// what they take. So the first is small.
private struct TransientBuffers: RecvByteBufferAllocator {
    private var isFirst = true

    func buffer(allocator: ByteBufferAllocator) -> ByteBuffer {
        allocator.buffer(capacity: isFirst ? 512 : 64 << 10)
    }

    mutating func record(actualReadBytes: Int) -> Bool {
        isFirst = false
        return true
    }
}

/// A request and its answer. Touched on its event loop only, once it has begun.
private final class Exchange: @unchecked Sendable {
    let promise: EventLoopPromise<OutgoingResponse>
    let sizeLimit: Int
    var head: HTTPResponseHead?
    var body: ByteBuffer
    private(set) var isOver = false

    init(promise: EventLoopPromise<OutgoingResponse>, buffer: consuming ByteBuffer, sizeLimit: Int) {
        self.promise = promise
        self.sizeLimit = sizeLimit
        body = buffer
        body.clear()
    }

    func end(_ result: Result<OutgoingResponse, any Error>) {
        guard !isOver else { return }
        isOver = true
        // The caller is to be the only owner of the buffer, so that it can reuse the room.
        body = ByteBuffer()
        promise.completeWith(result)
    }
}

/// Gathers the answers of a connection.
private final class ResponseReader: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    private var exchange: Exchange?

    func begin(_ exchange: Exchange) { self.exchange = exchange }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let exchange, !exchange.isOver else { return context.close(promise: nil) }
        switch unwrapInboundIn(data) {
        case .head(let head):
            exchange.head = head
            if let text = head.headers.first(name: "content-length"), let length = Int(text), length > 0 {
                // A claimed length is a hint, not a reason to take gigabytes.
                exchange.body.reserveCapacity(min(length, 1 << 26, exchange.sizeLimit))
            }
        case .body(var part):
            guard exchange.body.readableBytes + part.readableBytes <= exchange.sizeLimit else {
                exchange.end(
                    .failure(
                        WebClientError(
                            .bodyTooLarge, "the body is larger than \(exchange.sizeLimit) bytes")))
                return context.close(promise: nil)
            }
            exchange.body.writeBuffer(&part)
        case .end:
            self.exchange = nil
            guard let head = exchange.head else {
                exchange.end(.failure(HTTPClientError.remoteConnectionClosed))
                return context.close(promise: nil)
            }
            if !head.isKeepAlive { context.close(promise: nil) }
            let response = OutgoingResponse(
                status: Int(head.status.code), reason: head.status.reasonPhrase,
                headers: head.headers.map { ($0.name, $0.value) }, body: exchange.body)
            exchange.end(.success(response))
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        exchange?.end(.failure(HTTPClientError.remoteConnectionClosed))
        exchange = nil
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        exchange?.end(.failure(error))
        exchange = nil
        context.close(promise: nil)
    }
}

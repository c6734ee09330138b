internal import AsyncHTTPClient
internal import NIOCore
internal import NIOPosix
internal import Synchronization
internal import Wire

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
        let reader: ResponseHandler
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
    ///   - request: its bytes, from the first line to the end of the body.
    ///   - isHead: whether the method is HEAD.
    ///   - buffer: for the body; its room is reused.
    ///   - sizeLimit: of the body, bytes.
    /// - Throws: `HTTPClientError`, `NIOConnectionError`, `WebClientError` (`bodyTooLarge`, `connection` for what is no
    ///   answer), or what the connection threw.
    func send(
        _ request: NIOCore.ByteBuffer, isHead: Bool, buffer: consuming NIOCore.ByteBuffer, sizeLimit: Int,
        deadline: NIODeadline
    ) async throws -> OutgoingResponse {
        let exchange = Exchange(buffer: buffer, sizeLimit: sizeLimit, isHead: isHead)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                onLoop {
                    exchange.continuation = continuation
                    if exchange.isOver { return continuation.resume(throwing: HTTPClientError.cancelled) }
                    self.start(request, exchange, deadline)
                }
            }
        } onCancel: {
            onLoop { self.fail(exchange, HTTPClientError.cancelled) }
        }
    }

    private func onLoop(_ body: @escaping @Sendable () -> Void) {
        if eventLoop.inEventLoop { body() } else { eventLoop.execute(body) }
    }

    private func start(_ request: NIOCore.ByteBuffer, _ exchange: Exchange, _ deadline: NIODeadline) {
        exchange.timer = eventLoop.scheduleTask(deadline: deadline) {
            self.fail(exchange, HTTPClientError.deadlineExceeded)
        }
        if let known = current.value, known.channel.isActive {
            known.reader.begin(exchange)
            known.channel.writeAndFlush(request, promise: nil)
            return
        }
        let reader = NIOLoopBound(ResponseHandler(), eventLoop: eventLoop)
        ClientBootstrap(group: eventLoop)
            .connectTimeout(connectTimeout)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelOption(.recvAllocator, value: TransientBuffers())
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(reader.value)
                }
            }
            .connect(host: host, port: port)
            .whenComplete { result in
                switch result {
                case .failure(let error): exchange.end(.failure(error))
                case .success(let channel):
                    // Its time is over.
                    guard !exchange.isOver else { return channel.close(promise: nil) }
                    self.current.value = Current(channel: channel, reader: reader.value)
                    reader.value.begin(exchange)
                    channel.writeAndFlush(request, promise: nil)
                }
            }
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

    func buffer(allocator: ByteBufferAllocator) -> NIOCore.ByteBuffer {
        allocator.buffer(capacity: isFirst ? 512 : 64 << 10)
    }

    mutating func record(actualReadBytes: Int) -> Bool {
        isFirst = false
        return true
    }
}

/// A request and its answer. Touched on its event loop only, once it has begun.
private final class Exchange: @unchecked Sendable {
    let sizeLimit: Int
    var reader: HTTPResponseReader
    var body: NIOCore.ByteBuffer
    var continuation: CheckedContinuation<OutgoingResponse, any Error>?
    var timer: Scheduled<Void>?
    var hasBytesBehind = false
    private(set) var isOver = false

    init(buffer: consuming NIOCore.ByteBuffer, sizeLimit: Int, isHead: Bool) {
        self.sizeLimit = sizeLimit
        reader = HTTPResponseReader(isBodiless: isHead)
        body = buffer
        body.clear()
    }

    func end(_ result: Result<OutgoingResponse, any Error>) {
        guard !isOver else { return }
        isOver = true
        timer?.cancel()
        timer = nil
        // The caller is to be the only owner of the buffer, so that it can reuse the room.
        body = NIOCore.ByteBuffer()
        continuation?.resume(with: result)
        continuation = nil
    }

    /// Ends with the answer that has been read.
    func finish() {
        guard let head = reader.head else { return end(.failure(HTTPClientError.remoteConnectionClosed)) }
        let response = OutgoingResponse(
            status: head.status, reason: head.reason, headers: head.fields, body: body)
        end(.success(response))
    }
}

/// Gathers the answers of a connection.
private final class ResponseHandler: ChannelInboundHandler {
    typealias InboundIn = NIOCore.ByteBuffer

    private var exchange: Exchange?

    func begin(_ exchange: Exchange) { self.exchange = exchange }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let exchange, !exchange.isOver else { return context.close(promise: nil) }
        do throws(WebClientError) {
            guard try take(unwrapInboundIn(data), exchange) else { return }
        } catch {
            self.exchange = nil
            exchange.end(.failure(error))
            return context.close(promise: nil)
        }
        self.exchange = nil
        if !exchange.reader.staysOpen || exchange.hasBytesBehind { context.close(promise: nil) }
        exchange.finish()
    }

    /// Whether the answer is whole with these bytes.
    private func take(_ bytes: NIOCore.ByteBuffer, _ exchange: Exchange) throws(WebClientError) -> Bool {
        var failure: WebClientError?
        bytes.withUnsafeReadableBytes { bytes in
            var rest = bytes[...]
            var isTooLarge = false
            while !rest.isEmpty, !exchange.reader.isDone, failure == nil {
                let hadHead = exchange.reader.head != nil
                do throws(WireError) {
                    let taken = try exchange.reader.read(UnsafeRawBufferPointer(rebasing: rest)) { part in
                        if exchange.body.readableBytes + part.count > exchange.sizeLimit {
                            isTooLarge = true
                        } else {
                            exchange.body.writeBytes(part)
                        }
                    }
                    rest = rest.dropFirst(taken)
                } catch {
                    failure = WebClientError(.connection, error.message)
                }
                if isTooLarge {
                    failure = WebClientError(
                        .bodyTooLarge, "the body is larger than \(exchange.sizeLimit) bytes")
                }
                if !hadHead, let length = exchange.reader.announcedLength {
                    // A claimed length is a hint, not a reason to take gigabytes.
                    let hint = Int(min(length, 1 << 26, UInt64(exchange.sizeLimit)))
                    exchange.body.reserveCapacity(hint)
                }
            }
            // Nothing was asked behind it: who knows what comes next.
            if exchange.reader.isDone, !rest.isEmpty { exchange.hasBytesBehind = true }
        }
        if let failure { throw failure }
        return exchange.reader.isDone
    }

    func channelInactive(context: ChannelHandlerContext) {
        if let exchange, !exchange.isOver {
            self.exchange = nil
            do throws(WireError) {
                try exchange.reader.end()
                exchange.finish()
            } catch {
                exchange.end(.failure(HTTPClientError.remoteConnectionClosed))
            }
        }
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        exchange?.end(.failure(error))
        exchange = nil
        context.close(promise: nil)
    }
}

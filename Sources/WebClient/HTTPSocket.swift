internal import AsyncHTTPClient
internal import EventLoops
internal import Wire

#if canImport(Glibc)
    internal import Glibc
#endif

/// The open connection of a ``KeptConnection``: sends requests and gathers their answers. Touched on the thread of its loop
/// only.
final class HTTPSocket: SocketHandler, @unchecked Sendable {
    private let socket: Int32
    private let loop: SocketLoop
    private(set) var isOpen = true
    /// What is being asked; nil between two requests.
    private var exchange: Exchange?
    /// How much of the request has been sent.
    private var sentCount = 0
    /// Whether the rest of the request waits for room in the socket.
    private var waitsForRoom = false

    /// - Parameter socket: connected; closed by ``close()``.
    init(_ socket: Int32, on loop: SocketLoop) {
        self.socket = socket
        self.loop = loop
        loop.watch(socket, for: .reading, self)
    }

    func close() {
        guard isOpen else { return }
        isOpen = false
        loop.forget(socket)
        Glibc.close(socket)
    }

    func begin(_ exchange: Exchange) {
        self.exchange = exchange
        sentCount = 0
        send(exchange)
    }

    func isReady() {
        guard isOpen else { return }
        if let exchange, waitsForRoom { return send(exchange) }
        receive()
    }

    // MARK: - The request

    private func send(_ exchange: Exchange) {
        let rest = exchange.request.count - sentCount
        let sent = exchange.request.withUnsafeBytes {
            Glibc.send(socket, $0.baseAddress?.advanced(by: sentCount), rest, Int32(MSG_NOSIGNAL))
        }
        if sent < 0 {
            guard errno == EAGAIN || errno == EINTR else { return end(afterError: errno) }
        } else {
            sentCount += sent
        }
        let isUnfinished = sentCount < exchange.request.count
        if isUnfinished != waitsForRoom { loop.watch(socket, for: isUnfinished ? .writing : .reading, self) }
        waitsForRoom = isUnfinished
    }

    // MARK: - The answer

    /// Reads once: a socket with more is ready again.
    private func receive() {
        guard let exchange else { return receiveUnasked() }
        let count = exchange.receive(from: socket)
        if count < 0 {
            if errno != EAGAIN, errno != EINTR { end(afterError: errno) }
        } else if count == 0 {
            close()
            self.exchange = nil
            exchange.finishAtEnd()
        } else {
            do throws(WebClientError) {
                let hasBytesBehind = try exchange.read(count)
                guard exchange.reader.isDone else { return }
                self.exchange = nil
                // Nothing was asked behind it: who knows what comes next.
                if !exchange.reader.staysOpen || hasBytesBehind { close() }
                exchange.finish()
            } catch {
                end(error)
            }
        }
    }

    /// The server has closed the connection, or says what nobody asked for.
    private func receiveUnasked() {
        var byte: UInt8 = 0
        let count = recv(socket, &byte, 1, 0)
        if count >= 0 || errno != EAGAIN && errno != EINTR { close() }
    }

    /// - Parameter number: of the system, as in `errno`.
    private func end(afterError number: Int32) {
        // The server closed the kept connection while the request was on its way.
        let isClosed = (number == ECONNRESET || number == EPIPE) && exchange?.reader.head == nil
        end(isClosed ? HTTPClientError.remoteConnectionClosed : SocketError(number) as any Error)
    }

    private func end(_ error: any Error) {
        close()
        exchange.take()?.end(.failure(error))
    }
}

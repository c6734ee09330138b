import Glibc
import HTTPTypes
import NIOCore
import Platform

/// Puts a ``FastPath`` in front of the HTTP decoder of a connection.
///
/// It answers only between requests: nothing that was passed on is still being read or answered, and the bytes that were
/// passed on last ended where a request ends.
final class FastPathHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let path: FastPath
    /// Counts the requests that were passed on.
    private let others: LingerLimit
    private let clientAddress: String
    /// After so long one request goes the ordinary way, so that the connection does not count as idle there.
    private let passInterval: TimeAmount
    private var lastPass = NIODeadline.now()
    private var hasPassedWholeRequests = true
    /// Whether something was passed on since the last end of reading.
    private var hasPassed = false
    private var date = DateLine()

    /// - Parameter idleTime: after which others close a connection on which they see nothing.
    init(_ path: FastPath, others: LingerLimit, clientAddress: String, idleTime: TimeAmount) {
        passInterval = .nanoseconds(idleTime.nanoseconds / 4)
        self.path = path
        self.others = others
        self.clientAddress = clientAddress
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        // A client that does not read its answers waits for the ordinary way, which waits for it.
        guard hasPassedWholeRequests, others.isBetweenRequests, context.channel.isWritable,
            buffer.readableBytes <= WholeRequest.bytesMax
        else { return pass(buffer, isWhole: false, context) }
        let bytes = Array(buffer: buffer)
        guard let request = WholeRequest(bytes) else { return pass(buffer, isWhole: false, context) }
        guard path.takes(request.path), NIODeadline.now() - lastPass < passInterval,
            let form = try? FormValues(body: request.body, query: request.query),
            let answer = path.answer(
                FastPath.Request(
                    method: request.method == .get ? .get : .post, path: request.path, form: form,
                    clientAddress: clientAddress))
        else { return pass(buffer, isWhole: true, context) }
        context.writeAndFlush(wrapOutboundOut(text(of: answer, to: request)), promise: nil)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        guard hasPassed else { return }
        hasPassed = false
        context.fireChannelReadComplete()
    }

    /// - Parameter isWhole: whether the bytes are known to be one request.
    private func pass(_ buffer: ByteBuffer, isWhole: Bool, _ context: ChannelHandlerContext) {
        hasPassed = true
        lastPass = .now()
        // Bytes that end with an empty line end a head, and its request if there is no body: that one has ended is told
        // by `others`.
        hasPassedWholeRequests = isWhole || buffer.readableBytesView.suffix(4).elementsEqual("\r\n\r\n".utf8)
        context.fireChannelRead(wrapInboundOut(buffer))
    }

    /// Head and body.
    private func text(of answer: FastPath.Answer, to request: WholeRequest) -> ByteBuffer {
        var body = answer.body
        var coding: Deflater.Coding?
        if body.readableBytes >= ResponseCompression.bytesMin,
            let accepted = ResponseCompression.coding(accepting: request.acceptedEncodings),
            let deflater = Deflater(accepted)
        {
            body = deflater.compress(body, finish: true)
            coding = accepted
        }
        var text = ByteBuffer()
        text.reserveCapacity(512 + body.readableBytes)
        if answer.status == .ok {
            text.writeStaticString("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ")
        } else {
            text.writeString("HTTP/1.1 \(answer.status.code) \(answer.status.reasonPhrase)\r\n")
            text.writeStaticString("Content-Type: application/json\r\nContent-Length: ")
        }
        text.writeString(String(body.readableBytes))
        text.writeStaticString("\r\n")
        if let coding { text.writeString("Content-Encoding: \(coding.rawValue)\r\n") }
        text.writeString(path.headerLines)
        text.writeString(date.text(at: SystemClock().now() / 1000))
        text.writeImmutableBuffer(body)
        return text
    }
}

/// `Date: Tue, 15 Nov 1994 08:12:31 GMT` with the empty line behind it, made once a second.
private struct DateLine {
    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private var second: Int64 = -1
    private var text = ""

    /// - Parameter second: since 1970.
    mutating func text(at second: Int64) -> String {
        if second != self.second {
            self.second = second
            text = Self.text(second)
        }
        return text
    }

    private static func text(_ second: Int64) -> String {
        var time = time_t(second)
        var date = tm()
        gmtime_r(&time, &date)
        func digits(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let day = "\(days[Int(date.tm_wday)]), \(digits(date.tm_mday)) \(months[Int(date.tm_mon)])"
        let clock = "\(digits(date.tm_hour)):\(digits(date.tm_min)):\(digits(date.tm_sec))"
        return "Date: \(day) \(1900 + date.tm_year) \(clock) GMT\r\n\r\n"
    }
}

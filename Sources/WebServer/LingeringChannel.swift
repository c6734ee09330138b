import EventLoops
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1

/// A connection that is closed soon once nothing more will be answered on it, whatever the client does.
///
/// Without this, a client whose body was refused and that neither sends the rest nor closes keeps its
/// connection until the idle time is over.
struct LingeringChannel<Base: ServerChildChannel>: ServerChildChannel {
    let base: Base
    /// Whether requests are handled on the event loop of their connection.
    let staysOnLoop: Bool
    /// Asked first, before the HTTP decoder.
    let fastPath: FastPath?
    /// After which the HTTP channel closes a connection on which it sees nothing.
    let idleTime: TimeAmount

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Base.Value> {
        base.setup(channel: channel, logger: logger).flatMapThrowing { value in
            let pipeline = channel.pipeline.syncOperations
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            let limit = LingerLimit()
            try pipeline.addHandler(limit, position: .after(decoder))
            let encoder = try pipeline.handler(type: HTTPResponseEncoder.self)
            let joinedFlush = JoinedFlush()
            try pipeline.addHandler(joinedFlush, position: .before(encoder))
            if let fastPath {
                let handler = FastPathHandler(
                    fastPath, others: limit, clientAddress: channel.remoteAddress?.ipAddress ?? "",
                    idleTime: idleTime)
                try pipeline.addHandler(handler, position: .before(joinedFlush))
            }
            return value
        }
    }

    func handle(value: Base.Value, logger: Logger) async {
        guard staysOnLoop else { return await base.handle(value: value, logger: logger) }
        await withTaskExecutorPreference(EventLoopExecutor(value.channel.eventLoop)) {
            await base.handle(value: value, logger: logger)
        }
    }
}

/// Closes a connection when ``time`` has passed since an answer ended before its request did, or since
/// our side was closed.
final class LingerLimit: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// Enough for a client that still sends to read the answer: a connection that is closed with unread
    /// bytes is reset, and the client's system may throw the answer away.
    static let time = TimeAmount.seconds(2)

    private var isReadingRequest = false
    /// Requests that have begun and whose answers have not ended.
    private var unansweredCount = 0

    /// Whether nothing is being read and nothing answered.
    var isBetweenRequests: Bool { unansweredCount == 0 && !isReadingRequest }

    private var task: Scheduled<Void>?

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            isReadingRequest = true
            unansweredCount += 1
        case .body: break
        case .end:
            isReadingRequest = false
            task?.cancel()
            task = nil
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) {
            unansweredCount -= 1
            if isReadingRequest { schedule(context) }
        }
        context.write(data, promise: promise)
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        if mode == .output { schedule(context) }
        context.close(mode: mode, promise: promise)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        task?.cancel()
        task = nil
    }

    private func schedule(_ context: ChannelHandlerContext) {
        guard task == nil else { return }
        task = context.eventLoop.assumeIsolated().scheduleTask(in: LingerLimit.time) {
            context.close(promise: nil)
        }
    }
}

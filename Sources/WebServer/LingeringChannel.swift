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

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Base.Value> {
        base.setup(channel: channel, logger: logger).flatMapThrowing { value in
            let pipeline = channel.pipeline.syncOperations
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            try pipeline.addHandler(LingerLimit(), position: .after(decoder))
            try pipeline.addHandler(JoinedFlush(), position: .first)
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
    private var task: Scheduled<Void>?

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head: isReadingRequest = true
        case .body: break
        case .end:
            isReadingRequest = false
            task?.cancel()
            task = nil
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data), isReadingRequest { schedule(context) }
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

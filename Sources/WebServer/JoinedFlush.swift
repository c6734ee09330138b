import NIOCore

/// Joins the flushes of one turn of the event loop, so that head, body and end of an answer leave in one call of the
/// kernel, as one segment. Stands before the HTTP encoder.
final class JoinedFlush: ChannelOutboundHandler, RemovableChannelHandler {
    typealias OutboundIn = Any

    private var isDue = false

    func flush(context: ChannelHandlerContext) {
        if isDue { return }
        isDue = true
        context.eventLoop.assumeIsolated().execute {
            // Closing came before.
            guard self.isDue else { return }
            self.isDue = false
            context.flush()
        }
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        if isDue {
            isDue = false
            context.flush()
        }
        context.close(mode: mode, promise: promise)
    }
}

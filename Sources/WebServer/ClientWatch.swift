import EventLoops
import NIOCore
public import Platform

/// Tells when the peer of a connection has closed its side. One for each connection; all calls are
/// made on its event loop.
final class ClientWatch: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = Any

    private var waiting: [UInt64: @Sendable () -> Void] = [:]
    private var nextNumber: UInt64 = 0
    private var hasLeft = false

    /// Calls `body` when the peer leaves, at once when it has left.
    ///
    /// - Returns: a number for ``forget(_:)``.
    func whenClientLeaves(_ body: @escaping @Sendable () -> Void) -> UInt64 {
        nextNumber += 1
        if hasLeft { body() } else { waiting[nextNumber] = body }
        return nextNumber
    }

    func forget(_ number: UInt64) {
        waiting[number] = nil
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event { leave() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        leave()
        context.fireChannelInactive()
    }

    private func leave() {
        hasLeft = true
        let all = waiting.values
        waiting = [:]
        for body in all { body() }
    }
}

extension WebContext {
    /// Runs `body` on one of the threads and waits for it; what it is given is set when the client leaves.
    ///
    /// - Parameter deadline: `MonotonicTime` nanoseconds.
    /// - Throws: `WorkerThreads.Refusal`, or what `body` throws.
    public func run<Value: Sendable>(
        on workers: WorkerThreads, deadline: UInt64 = .max,
        _ body: @escaping @Sendable (Cancellation) throws -> Value
    ) async throws -> Value {
        // Away from the loop the watch is not at hand; there, a task that is cancelled does.
        guard let channel, channel.eventLoop.inEventLoop,
            let watch = try? channel.pipeline.syncOperations.handler(type: ClientWatch.self)
        else { return try await whileClientWaits { try await workers.run(deadline: deadline, body) } }
        let cancellation = Cancellation(deadline: deadline)
        let bound = NIOLoopBound(watch, eventLoop: channel.eventLoop)
        let number = watch.whenClientLeaves { cancellation.cancel() }
        defer {
            if channel.eventLoop.inEventLoop {
                bound.value.forget(number)
            } else {
                channel.eventLoop.execute { bound.value.forget(number) }
            }
        }
        return try await workers.run(cancellation, body)
    }

    /// Runs `body` in a task that is cancelled when the client closes its connection (or the calling
    /// task is cancelled), and waits for it.
    ///
    /// A client that closes only its sending side counts as gone, as with Go's server.
    public func whileClientWaits<Value: Sendable>(
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        guard let channel else { return try await body() }
        let isOnLoop = channel.eventLoop.inEventLoop
        let executor = isOnLoop ? EventLoopExecutor(channel.eventLoop) : nil
        let task = Task(executorPreference: executor) { try await body() }
        let watch: @Sendable () throws -> UInt64 = {
            try channel.pipeline.syncOperations.handler(type: ClientWatch.self).whenClientLeaves {
                task.cancel()
            }
        }
        let number = isOnLoop ? try? watch() : try? await channel.eventLoop.submit(watch).get()
        defer {
            if let number {
                channel.eventLoop.execute {
                    try? channel.pipeline.syncOperations.handler(type: ClientWatch.self).forget(number)
                }
            }
        }
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }
}

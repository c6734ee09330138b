internal import NIOCore
internal import NIOPosix
public import Platform

/// The alarm of the machine for tasks that run on an event loop: the loop itself wakes them, and no other thread does.
public struct EventLoopAlarm: Alarm {
    public init() {}

    public func wait(until time: Int64) async throws {
        guard let loop = MultiThreadedEventLoopGroup.currentEventLoop else {
            return try await SystemAlarm().wait(until: time)
        }
        // The wall clock may be set while we sleep: look again after each part of a long wait.
        while let left = SystemAlarm.nanoseconds(until: time) {
            try Task.checkCancellation()
            let woken = loop.makePromise(of: Void.self)
            let scheduled = loop.scheduleTask(in: .nanoseconds(left)) { woken.succeed() }
            try await withTaskCancellationHandler {
                try await woken.futureResult.get()
            } onCancel: {
                scheduled.cancel()
                woken.fail(CancellationError())
            }
        }
    }
}

public import Platform

/// The alarm of the machine for tasks that run on a ``SocketLoop``: the loop itself wakes them, and no other thread does.
public struct SocketLoopAlarm: Alarm {
    public init() {}

    public func wait(until time: Int64) async throws {
        guard let loop = SocketLoop.current else { return try await SystemAlarm().wait(until: time) }
        // The wall clock may be set while we sleep: look again after each part of a long wait.
        while let left = SystemAlarm.nanoseconds(until: time) {
            let sleep = Sleep()
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    // A cancellation that comes later is told on this thread, after this.
                    guard !Task.isCancelled else { return continuation.resume() }
                    sleep.continuation = continuation
                    sleep.timer = loop.at(MonotonicTime.nanoseconds() &+ UInt64(left)) { sleep.end() }
                }
            } onCancel: {
                loop.execute { sleep.end() }
            }
            try Task.checkCancellation()
        }
    }

    /// Touched on the thread of the loop only.
    private final class Sleep: @unchecked Sendable {
        var continuation: CheckedContinuation<Void, Never>?
        var timer: SocketLoop.Timer?

        func end() {
            timer?.cancel()
            timer = nil
            continuation.take()?.resume()
        }
    }
}

#if canImport(Glibc)
    import Glibc
#endif

/// Waits for a time of day, as a parameter so that tests decide when it comes.
public protocol Alarm: Sendable {
    /// Returns at or shortly after `time`, milliseconds since 1970; at once when it has passed.
    ///
    /// - Throws: `CancellationError` when the task is cancelled while it waits.
    func wait(until time: Int64) async throws
}

/// The alarm of the machine.
public struct SystemAlarm: Alarm {
    public init() {}

    public func wait(until time: Int64) async throws {
        // The wall clock may be set while we sleep: look again after each part of a long wait.
        while true {
            var now = timespec()
            clock_gettime(CLOCK_REALTIME, &now)
            let milliseconds = time.subtractingReportingOverflow(Int64(now.tv_sec) * 1000)
            if milliseconds.overflow { return }
            let left = min(milliseconds.partialValue, 60_000) * 1_000_000 - Int64(now.tv_nsec)
            if left <= 0 { return }
            try await Task.sleep(for: .nanoseconds(left), tolerance: .zero)
        }
    }
}

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
        while let left = SystemAlarm.nanoseconds(until: time) {
            try await Task.sleep(for: .nanoseconds(left), tolerance: .zero)
        }
    }

    /// How long to sleep at most before the clock is to be looked at again, a minute at the longest; nil when the time
    /// has come.
    package static func nanoseconds(until time: Int64) -> Int64? {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        let milliseconds = time.subtractingReportingOverflow(Int64(now.tv_sec) * 1000)
        if milliseconds.overflow { return nil }
        let left = min(milliseconds.partialValue, 60_000) * 1_000_000 - Int64(now.tv_nsec)
        return left > 0 ? left : nil
    }
}

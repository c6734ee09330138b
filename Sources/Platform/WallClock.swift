#if canImport(Glibc)
    import Glibc
#endif

/// The time of day, as a parameter so that tests decide it.
public protocol WallClock: Sendable {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    func now() -> Int64
}

/// The clock of the machine.
public struct SystemClock: WallClock {
    public init() {}

    public func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}

/// Time that never jumps, for measuring how long something took.
public enum MonotonicTime {
    /// Nanoseconds since an arbitrary moment.
    public static func nanoseconds() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}

/// Sleeping, for threads of one's own.
public enum Pause {
    public static func milliseconds(_ count: UInt32) {
        usleep(count * 1000)
    }
}

public import Platform
import Synchronization

/// A clock that stands still until a test moves it.
public final class ManualClock: WallClock {
    private let time: Mutex<Int64>

    /// - Parameter milliseconds: since 1970.
    public init(_ milliseconds: Int64 = 0) {
        time = Mutex(milliseconds)
    }

    public func now() -> Int64 { time.withLock { $0 } }

    public func advance(milliseconds: Int64) { time.withLock { $0 += milliseconds } }

    public func set(_ milliseconds: Int64) { time.withLock { $0 = milliseconds } }
}

import MetricModel

/// The moments that an expression is evaluated at.
struct Steps: Sendable, Hashable {
    /// Milliseconds since 1970.
    var start: Timestamp
    /// Milliseconds between steps; at least 1.
    var interval: Int64
    /// At least 1, but for a subquery that has no step in its range.
    var count: Int

    /// Beyond these no query looks, so that adding offsets and ranges never overflows: about 31
    /// million years.
    static let timeMax: Timestamp = 1_000_000_000_000_000_000

    static func instant(_ time: Timestamp) -> Steps {
        Steps(start: time, interval: 1, count: 1)
    }

    func time(_ index: Int) -> Timestamp { start + Int64(index) * interval }

    /// The last step.
    var end: Timestamp { time(max(count - 1, 0)) }

    /// The first step alone.
    var first: Steps { Steps(start: start, interval: interval, count: min(count, 1)) }

    static func clamp(_ time: Timestamp) -> Timestamp { min(max(time, -timeMax), timeMax) }
}

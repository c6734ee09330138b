import ArgumentParser
import MetricModel
import QueryAPI

/// A point in time: RFC 3339 or seconds since 1970.
struct TimeFlag: ExpressibleByArgument {
    /// Since 1970.
    let milliseconds: Timestamp

    init(_ milliseconds: Timestamp) { self.milliseconds = milliseconds }

    init?(argument: String) {
        if let seconds = FloatText.parse(argument) {
            guard let whole = Int64(exactly: (seconds * 1000).rounded()), abs(whole) < 9_000_000_000_000_000
            else { return nil }
            milliseconds = whole
        } else if let time = RFC3339.parse(argument) {
            milliseconds = time
        } else {
            return nil
        }
    }

    /// As the HTTP API takes times and durations: `1435781451.781`.
    var seconds: String { FloatText.string(Double(milliseconds) / 1000, style: .json) }
}

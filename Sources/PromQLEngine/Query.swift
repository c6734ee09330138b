public import MetricModel
public import PromQLSyntax

/// A parsed query with the times to evaluate it at.
public struct Query: Sendable {
    /// The steps of an evaluation.
    public enum Times: Sendable, Equatable {
        /// At one moment, milliseconds since 1970.
        case instant(Timestamp)
        /// At `start`, `start + step`, … up to and including `end`; milliseconds, `step` > 0.
        case range(start: Timestamp, end: Timestamp, step: Int64)
    }

    public var expression: Expression
    public var times: Times
    /// How far back an instant selector looks for the newest sample, milliseconds.
    public var lookback: Int64
    /// The text that `expression` was parsed from: warnings tell line and column in it. When it is
    /// empty, they take it for one line.
    public var text: String

    public init(_ expression: Expression, at times: Times, lookback: Int64 = 300_000, text: String = "") {
        self.expression = expression
        self.times = times
        self.lookback = lookback
        self.text = text
    }
}

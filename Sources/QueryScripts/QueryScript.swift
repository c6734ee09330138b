import MetricModel
import PromQLSyntax

/// A test script of Prometheus' language for PromQL engines (`promqltest`): `load`, `clear` and `eval`
/// commands. Source of the language: `promql/promqltest/README.md`.
public struct QueryScript: Sendable {
    enum Command: Sendable {
        case clear
        case load(Load)
        case evaluate(Evaluation)
    }

    /// `load 1m`.
    struct Load: Sendable {
        struct Series: Sendable {
            var labels: Labels
            var samples: [LoadedSample]
        }

        var series: [Series] = []
        /// Classic histograms are also stored as native ones with custom buckets.
        var convertsHistograms = false
    }

    struct LoadedSample: Sendable {
        enum Content: Sendable {
            case float(Double)
            case histogram(FloatHistogram)
        }

        var timestamp: Timestamp
        var content: Content
        /// 0 when it is not known.
        var startTimestamp: Timestamp
    }

    /// `eval instant …`, `eval range …` with what is expected.
    struct Evaluation: Sendable {
        var line: Int
        var query: String
        /// Milliseconds; for an instant query all three are its time, its time and 0.
        var start: Timestamp
        var end: Timestamp
        var step: Int64
        var isRange: Bool
        var expectation = Expectation()
    }

    struct Expectation: Sendable {
        struct Series: Sendable {
            var labels: Labels
            var values: [ExpectedValue]
        }

        /// In the order of the script.
        var series: [Series] = []
        var scalar: Double?
        var string: String?
        /// Start, end and step of a range vector, milliseconds.
        var rangeVector: (start: Timestamp, end: Timestamp, step: Int64)?
        var failure: Message?
        var warnings: [Message] = []
        var infos: [Message] = []
        var hasNoWarnings = false
        var hasNoInfos = false
        var isOrdered = false
    }

    enum ExpectedValue: Sendable {
        case omitted
        case float(Double)
        case histogram(FloatHistogram, hasHint: Bool)
    }

    /// A text to compare with.
    enum Message: Sendable {
        case any
        case exact(String)
        case matching(Pattern)

        func accepts(_ text: String) -> Bool {
            switch self {
            case .any: true
            case .exact(let wanted): wanted == text
            case .matching(let pattern): pattern.match(text, anchored: false) != nil
            }
        }
    }

    let commands: [Command]

    /// - Throws: ``ScriptError`` with the line.
    public init(_ text: String) throws(ScriptError) {
        var parser = ScriptParser(text)
        commands = try parser.commands()
    }
}

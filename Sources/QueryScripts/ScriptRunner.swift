import MetricModel
public import PromQLEngine
import PromQLSyntax
import StorageAPI

/// Runs test scripts against the query engine.
///
/// Each instant evaluation is also repeated with `@` on all selectors at other times, and as the middle
/// step of a range query, as the original does.
public struct ScriptRunner: Sendable {
    private let engine: QueryEngine
    private let parserOptions: ParserOptions

    /// With all experimental parts of the language, delayed name removal and start timestamps, which
    /// Prometheus' own scripts expect.
    public init() {
        var options = QueryEngine.Options()
        options.delaysNameRemoval = true
        options.usesStartTimestamps = true
        self.init(engine: QueryEngine(options: options))
    }

    public init(engine: QueryEngine) {
        self.engine = engine
        parserOptions = .all
    }

    /// Runs all commands, also after one has failed.
    public func run(_ script: QueryScript) -> ScriptReport {
        let storage = MemoryStorage()
        var report = ScriptReport()
        for command in script.commands {
            switch command {
            case .clear: storage.removeAll()
            case .load(let load): storage.load(load)
            case .evaluate(let evaluation):
                do {
                    try check(evaluation, storage)
                    report.passedCount += 1
                } catch {
                    report.failures.append(
                        ScriptFailure(line: evaluation.line, query: evaluation.query, message: error.message))
                }
            }
        }
        return report
    }

    // MARK: - Evaluations

    private func check(_ evaluation: QueryScript.Evaluation, _ storage: MemoryStorage) throws(Mismatch) {
        let expression: Expression
        do { expression = try Expression.parse(evaluation.query, options: parserOptions) } catch {
            throw Mismatch("does not parse: \(error)")
        }
        if evaluation.isRange {
            try checkOnce(
                evaluation, expression,
                .range(start: evaluation.start, end: evaluation.end, step: evaluation.step), storage)
            return
        }
        try checkInstant(evaluation, expression, evaluation.start, storage)
        guard let fixed = expression.fixed(at: evaluation.start) else { return }
        let time = evaluation.start
        let others = time == 0 ? [-1000, 0, 1000] : [-10 * time, 0, time / 5, time, 10 * time]
        for other in others { try checkInstant(evaluation, fixed, other, storage) }
    }

    private func checkInstant(
        _ evaluation: QueryScript.Evaluation, _ expression: Expression, _ time: Timestamp,
        _ storage: MemoryStorage
    ) throws(Mismatch) {
        guard let answer = try checkOnce(evaluation, expression, .instant(time), storage) else { return }
        if evaluation.expectation.rangeVector != nil || evaluation.expectation.string != nil { return }
        // These differ between instant and range queries.
        if ["start()", "end()", "range()", "step()"].contains(where: { evaluation.query.contains($0) }) {
            return
        }
        guard
            case .matrix(let series) = try evaluate(
                evaluation, expression, .range(start: time - 60_000, end: time + 60_000, step: 60_000),
                storage
            ).value, !evaluation.expectation.isOrdered
        else { return }
        try Comparison.checkOrder(series)
        var middle: [InstantSeries] = []
        for one in series {
            if let index = one.samples.timestamps.firstIndex(of: time) {
                middle.append(
                    InstantSeries(
                        labels: one.labels, sample: Sample(timestamp: time, value: one.samples.values[index]))
                )
            }
            if let index = one.samples.histogramTimestamps.firstIndex(of: time) {
                middle.append(
                    InstantSeries(
                        labels: one.labels, sample: Sample(timestamp: time, value: 0),
                        histogram: one.samples.histograms[index]))
            }
        }
        let value: QueryValue
        if case .scalar = answer.value, let first = middle.first {
            value = .scalar(first.sample)
        } else {
            value = .vector(middle)
        }
        do { try Comparison(evaluation.expectation, evaluation).check(value) } catch {
            throw Mismatch("in range mode: \(error.message)")
        }
    }

    /// Evaluates and compares. Returns nil when the query failed as it should.
    @discardableResult
    private func checkOnce(
        _ evaluation: QueryScript.Evaluation, _ expression: Expression, _ times: Query.Times,
        _ storage: MemoryStorage
    ) throws(Mismatch) -> QueryAnswer? {
        let answer: QueryAnswer
        do {
            answer = try engine.evaluate(Query(expression, at: times, text: evaluation.query), over: storage)
        } catch {
            guard let wanted = evaluation.expectation.failure else {
                throw Mismatch("failed: \(error.message)")
            }
            guard wanted.accepts(error.message) else {
                throw Mismatch("failed with another message than expected: \(error.message)")
            }
            return nil
        }
        guard evaluation.expectation.failure == nil else {
            throw Mismatch("expected it to fail, got \(Comparison.text(answer.value))")
        }
        try Comparison.checkAnnotations(evaluation.expectation, answer)
        try Comparison(evaluation.expectation, evaluation).check(answer.value)
        return answer
    }

    private func evaluate(
        _ evaluation: QueryScript.Evaluation, _ expression: Expression, _ times: Query.Times,
        _ storage: MemoryStorage
    ) throws(Mismatch) -> QueryAnswer {
        do {
            return try engine.evaluate(Query(expression, at: times, text: evaluation.query), over: storage)
        } catch {
            throw Mismatch("failed in range mode: \(error.message)")
        }
    }
}

/// What became of a script.
public struct ScriptReport: Sendable {
    /// Evaluations that gave what was expected.
    public internal(set) var passedCount = 0
    public internal(set) var failures: [ScriptFailure] = []

    public init() {}
}

/// An evaluation that did not give what was expected.
public struct ScriptFailure: Sendable, CustomStringConvertible {
    public let line: Int
    public let query: String
    /// Expected and got.
    public let message: String

    public var description: String { "line \(line): \(query)\n    \(message)" }
}

/// Why an evaluation is not as expected.
struct Mismatch: Error {
    let message: String

    init(_ message: String) {
        self.message = message
    }
}

extension MemoryStorage {
    func load(_ load: QueryScript.Load) {
        for series in load.series {
            for sample in series.samples {
                switch sample.content {
                case .float(let value):
                    append(series.labels, sample.timestamp, value, startTimestamp: sample.startTimestamp)
                case .histogram(let histogram):
                    append(series.labels, sample.timestamp, histogram, startTimestamp: sample.startTimestamp)
                }
            }
        }
        if load.convertsHistograms { HistogramConversion(load).append(to: self) }
    }
}

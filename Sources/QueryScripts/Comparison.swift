import MetricModel
import PromQLEngine
import StorageAPI

/// Compares an answer with what a script expects.
struct Comparison {
    private let expectation: QueryScript.Expectation
    private let evaluation: QueryScript.Evaluation

    /// The relative error that values may have.
    private static let tolerance = 0.000001

    init(_ expectation: QueryScript.Expectation, _ evaluation: QueryScript.Evaluation) {
        self.expectation = expectation
        self.evaluation = evaluation
    }

    func check(_ value: QueryValue) throws(Mismatch) {
        switch value {
        case .scalar(let sample):
            guard let wanted = expectation.scalar else {
                throw Mismatch("expected a vector or matrix, got \(Comparison.text(value))")
            }
            guard wanted.isAlmostEqual(to: sample.value, tolerance: Comparison.tolerance) else {
                throw Mismatch("expected \(wanted), got \(sample.value)")
            }
        case .string(_, let text):
            guard expectation.string == text else {
                throw Mismatch("expected string \(expectation.string ?? ""), got \(text)")
            }
        case .vector(let elements): try check(elements)
        case .matrix(let series): try check(series)
        }
    }

    private func check(_ elements: [InstantSeries]) throws(Mismatch) {
        guard expectation.scalar == nil else {
            throw Mismatch("expected a scalar, got \(Comparison.text(.vector(elements)))")
        }
        var seen: Set<Labels> = []
        for (position, element) in elements.enumerated() {
            guard let index = expectation.series.lastIndex(where: { $0.labels == element.labels }) else {
                throw Mismatch(
                    "unexpected metric \(element.labels) in result, has \(Comparison.text(element))")
            }
            if expectation.isOrdered, index != position {
                throw Mismatch(
                    "expected metric \(element.labels) at position \(index + 1) but was at \(position + 1)")
            }
            guard let wanted = expectation.series[index].values.first else {
                throw Mismatch("no value expected for \(element.labels)")
            }
            guard isEqual(wanted, element.histogram == nil ? element.sample.value : nil, element.histogram)
            else {
                throw Mismatch(
                    "expected \(Comparison.text(wanted)) for \(element.labels), got \(Comparison.text(element))"
                )
            }
            seen.insert(element.labels)
        }
        for series in expectation.series where !seen.contains(series.labels) {
            throw Mismatch(
                "expected metric \(series.labels) with \(series.values.map { Comparison.text($0) }) not found"
            )
        }
    }

    private func check(_ all: [RangeSeries]) throws(Mismatch) {
        guard expectation.scalar == nil else {
            throw Mismatch("expected a scalar, got \(Comparison.text(.matrix(all)))")
        }
        try Comparison.checkOrder(all)
        let times = expectation.rangeVector ?? (evaluation.start, evaluation.end, evaluation.step)
        var seen: Set<Labels> = []
        for series in all {
            guard let wanted = expectation.series.last(where: { $0.labels == series.labels }) else {
                throw Mismatch("unexpected metric \(series.labels) in result, has \(Comparison.text(series))")
            }
            seen.insert(series.labels)
            var float = 0
            var histogram = 0
            let samples = series.samples
            for (step, value) in wanted.values.enumerated() {
                let time = times.start + Int64(step) * times.step
                guard time <= times.end else {
                    throw Mismatch(
                        "expected \(wanted.values.count) points for \(series.labels): too many for the range")
                }
                let isRight: Bool
                switch value {
                case .omitted: continue
                case .float:
                    isRight =
                        float < samples.timestamps.count && samples.timestamps[float] == time
                        && isEqual(value, samples.values[float], nil)
                    float += 1
                case .histogram:
                    isRight =
                        histogram < samples.histograms.count && samples.histogramTimestamps[histogram] == time
                        && isEqual(value, nil, samples.histograms[histogram])
                    histogram += 1
                }
                if !isRight {
                    throw Mismatch(
                        "expected \(Comparison.text(value)) at \(time) for \(series.labels), got \(Comparison.text(series))"
                    )
                }
            }
            if float != samples.timestamps.count || histogram != samples.histograms.count {
                throw Mismatch(
                    "expected \(float) floats and \(histogram) histograms for \(series.labels), got \(Comparison.text(series))"
                )
            }
        }
        for series in expectation.series where !seen.contains(series.labels) {
            throw Mismatch("expected metric \(series.labels) not found")
        }
    }

    private func isEqual(_ wanted: QueryScript.ExpectedValue, _ value: Double?, _ histogram: FloatHistogram?)
        -> Bool
    {
        switch wanted {
        case .omitted: return false
        case .float(let number):
            return value.map { number.isAlmostEqual(to: $0, tolerance: Comparison.tolerance) } ?? false
        case .histogram(let wanted, let hasHint):
            guard let histogram else { return false }
            if hasHint, wanted.counterResetHint != histogram.counterResetHint { return false }
            return wanted.compacted().isAlmostEqual(
                to: histogram.compacted(), tolerance: Comparison.tolerance)
        }
    }

    static func checkOrder(_ series: [RangeSeries]) throws(Mismatch) {
        for (a, b) in zip(series, series.dropFirst()) where b.labels < a.labels {
            throw Mismatch(
                "matrix results should always be sorted by labels: \(b.labels) comes after \(a.labels)")
        }
    }

    // MARK: - Annotations

    static func checkAnnotations(_ expectation: QueryScript.Expectation, _ answer: QueryAnswer)
        throws(Mismatch)
    {
        try check(expectation.warnings, answer.warnings, "warn")
        try check(expectation.infos, answer.infos, "info")
        if expectation.hasNoWarnings, !answer.warnings.isEmpty {
            throw Mismatch("unexpected warnings: \(answer.warnings)")
        }
        if expectation.hasNoInfos, !answer.infos.isEmpty {
            throw Mismatch("unexpected infos: \(answer.infos)")
        }
    }

    private static func check(_ wanted: [QueryScript.Message], _ found: [String], _ kind: String)
        throws(Mismatch)
    {
        guard !wanted.isEmpty else { return }
        guard !found.isEmpty else { throw Mismatch("expected \(kind) annotations but none were found") }
        for message in wanted where !found.contains(where: { message.accepts($0) }) {
            throw Mismatch("expected \(kind) annotation \(text(message)), found: \(found)")
        }
        for text in found where !wanted.contains(where: { $0.accepts(text) }) {
            throw Mismatch("unexpected \(kind) annotation \(LabelText.quoted(text))")
        }
    }

    // MARK: - Texts

    private static func text(_ message: QueryScript.Message) -> String {
        switch message {
        case .any: "of any text"
        case .exact(let text): LabelText.quoted(text)
        case .matching(let pattern): "matching \(LabelText.quoted(pattern.text))"
        }
    }

    private static func text(_ value: QueryScript.ExpectedValue) -> String {
        switch value {
        case .omitted: "_"
        case .float(let number): "\(number)"
        case .histogram(let histogram, _): "\(histogram)"
        }
    }

    static func text(_ element: InstantSeries) -> String {
        if let histogram = element.histogram { "\(histogram)" } else { "\(element.sample.value)" }
    }

    static func text(_ series: RangeSeries) -> String {
        var result = zip(series.samples.timestamps, series.samples.values).map { "\($1) @[\($0)]" }
        result += zip(series.samples.histogramTimestamps, series.samples.histograms).map { "\($1) @[\($0)]" }
        return result.joined(separator: " ")
    }

    static func text(_ value: QueryValue) -> String {
        switch value {
        case .scalar(let sample): "scalar \(sample.value)"
        case .string(_, let text): "string \(text)"
        case .vector(let elements): elements.map { "\($0.labels) \(text($0))" }.joined(separator: "; ")
        case .matrix(let series): series.map { "\($0.labels) \(text($0))" }.joined(separator: "; ")
        }
    }
}

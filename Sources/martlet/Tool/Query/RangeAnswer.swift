import JSON
import MetricModel

/// A series of an answer of the HTTP API.
struct RangeAnswer {
    struct HistogramPoint {
        /// Milliseconds since 1970.
        var time: Double
        var histogram: JSONValue
    }

    /// `name{label="value", …}`.
    var title: String
    var labels: Labels
    /// Milliseconds since 1970 and value.
    var points: [(time: Double, value: Double)] = []
    var histograms: [HistogramPoint] = []

    /// The series of a matrix or vector; one without labels for a scalar.
    ///
    /// - Throws: `ExitCode` for an answer of another form.
    static func read(_ data: JSONValue) throws -> [RangeAnswer] {
        if data["resultType"]?.string == "scalar" {
            guard let point = data["result"].flatMap(point) else {
                throw ServerConnection.failure("bad_response: unexpected form of the answer")
            }
            return [RangeAnswer(title: "{}", labels: .empty, points: [point])]
        }
        return try (data["result"]?.array ?? []).map { item in
            guard let metric = item["metric"]?.object else {
                throw ServerConnection.failure("bad_response: unexpected form of the answer")
            }
            let labels = Labels(metric.members.map { ($0.name, $0.value.string ?? "") })
            var series = RangeAnswer(title: AnswerText.title(labels), labels: labels)
            if let value = item["value"].flatMap(point) { series.points.append(value) }
            if let value = item["histogram"].flatMap(histogramPoint) { series.histograms.append(value) }
            for value in item["values"]?.array ?? [] {
                if let value = point(value) { series.points.append(value) }
            }
            for value in item["histograms"]?.array ?? [] {
                if let value = histogramPoint(value) { series.histograms.append(value) }
            }
            return series
        }
    }

    private static func point(_ json: JSONValue) -> (time: Double, value: Double)? {
        guard let time = json[0]?.double, let text = json[1]?.string, let value = FloatText.parse(text) else {
            return nil
        }
        return (time * 1000, value)
    }

    private static func histogramPoint(_ json: JSONValue) -> HistogramPoint? {
        guard let time = json[0]?.double, let histogram = json[1] else { return nil }
        return HistogramPoint(time: time * 1000, histogram: histogram)
    }
}

import Exposition
import TSDB

extension DatabaseMetric {
    /// Writes the numbers that a database tells about itself as families.
    static func write(_ metrics: [DatabaseMetric], to writer: inout ExpositionWriter) {
        let names = Set(metrics.map(\.name))
        var family = ""
        for metric in metrics.sorted(by: { $0.name < $1.name }) {
            let (name, type, suffix) = shape(of: metric, among: names)
            if name != family {
                family = name
                writer.begin(name, type, help: metric.help)
            }
            let labels = ExpositionWriter.renderLabels(metric.labels.map(\.name), metric.labels.map(\.value))
            writer.sample(suffix: suffix, labels: labels, value: metric.value)
        }
    }

    /// The family of a number: a counter's name stands without `_total`, and a sum with its count is a
    /// summary.
    private static func shape(
        of metric: DatabaseMetric, among names: Set<String>
    ) -> (name: String, type: MetricType, suffix: StaticString) {
        for (suffix, other) in [("_sum" as StaticString, "_count"), ("_count", "_sum")]
        where metric.name.hasSuffix("\(suffix)") {
            let base = String(metric.name.dropLast("\(suffix)".count))
            if names.contains(base + other) { return (base, .summary, suffix) }
        }
        guard metric.kind == .counter, metric.name.hasSuffix("_total") else {
            return (metric.name, .gauge, "")
        }
        return (String(metric.name.dropLast(6)), .counter, "_total")
    }
}

internal import MetricModel
internal import StorageAPI

/// Selected series of one part of the database: the head or a block. Ascending by labels.
protocol SeriesSource: Sendable {
    var count: Int { get }
    func labels(at index: Int) -> Labels

    /// Whether ``labels(at:)`` would be these, at less than its cost.
    func hasLabels(_ labels: Labels, at index: Int) -> Bool

    /// Appends the samples between the inclusive bounds. What is damaged is left out and noted.
    func read(
        _ index: Int, from start: Int64, through end: Int64, into columns: inout SampleColumns
    ) throws(TSDBError)
}

/// Selected series of the head.
struct HeadSource: SeriesSource {
    let snapshot: HeadSnapshot
    let references: [UInt32]

    var count: Int { references.count }

    func labels(at index: Int) -> Labels { snapshot.labels(of: references[index]) }

    func hasLabels(_ labels: Labels, at index: Int) -> Bool {
        snapshot.hasLabels(labels, references[index])
    }

    func read(
        _ index: Int, from start: Int64, through end: Int64, into columns: inout SampleColumns
    ) throws(TSDBError) {
        try snapshot.read(references[index], from: start, through: end, into: &columns)
    }
}

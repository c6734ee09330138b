internal import MetricModel
internal import Platform
internal import StorageAPI

/// A view of head and blocks between two times.
final class DatabaseQuerier: Querier {
    private let head: HeadSnapshot
    private let start: Int64
    private let end: Int64
    private let warnings: [String]

    init(head: HeadSnapshot, from start: Int64, through end: Int64, warnings: [String]) {
        self.head = head
        self.start = start
        self.end = end
        self.warnings = warnings
    }

    func select(_ matchers: [LabelMatcher], hints: SelectHints) throws(StorageError) -> any SeriesSet {
        let start = max(start, hints.start)
        let end = min(end, hints.end)
        let found = HeadSource(snapshot: head, references: head.select(matchers, from: start, through: end))
        return SingleSeriesSet(source: found, warnings: warnings, start: self.start, end: self.end)
    }

    func labelNames(_ matchers: [LabelMatcher], limit: Int) throws(StorageError) -> Listing {
        let names = head.labelNames(matchers).sorted { $0.precedesByBytes($1) }
        return Listing(items: limit > 0 ? Array(names.prefix(limit)) : names, warnings: warnings)
    }

    func labelValues(_ name: String, _ matchers: [LabelMatcher], limit: Int) throws(StorageError) -> Listing {
        let values = head.labelValues(name, matchers).sorted { $0.precedesByBytes($1) }
        return Listing(items: limit > 0 ? Array(values.prefix(limit)) : values, warnings: warnings)
    }
}

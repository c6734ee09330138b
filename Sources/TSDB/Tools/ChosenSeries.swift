internal import MetricModel
internal import StorageAPI

/// The series that one of several selectors finds, each once, ascending by labels.
struct ChosenSeries {
    private let sets: [any SeriesSet]
    private var places: [(set: Int, index: Int)] = []

    /// - Parameter selectors: all series when there are none.
    init(
        _ querier: any Querier, _ selectors: [[LabelMatcher]], from start: Int64, through end: Int64
    ) throws(StorageError) {
        var sets: [any SeriesSet] = []
        for matchers in selectors.isEmpty ? [[]] : selectors {
            sets.append(try querier.select(matchers, hints: SelectHints(start: start, end: end)))
        }
        self.sets = sets
        if let only = sets.first, sets.count == 1 {
            places = (0..<only.count).map { (0, $0) }
            return
        }
        var found: [(labels: Labels, set: Int, index: Int)] = []
        var known: Set<Labels> = []
        for (number, set) in sets.enumerated() {
            for index in 0..<set.count {
                let labels = set.labels(at: index)
                if known.insert(labels).inserted { found.append((labels, number, index)) }
            }
        }
        found.sort { $0.labels < $1.labels }
        places = found.map { ($0.set, $0.index) }
    }

    var count: Int { places.count }
    var warnings: [String] { sets.flatMap(\.warnings) }

    func labels(at index: Int) -> Labels { sets[places[index].set].labels(at: places[index].index) }

    func read(
        _ index: Int, from start: Int64, through end: Int64, into columns: inout SampleColumns
    ) throws(StorageError) {
        try sets[places[index].set].read(places[index].index, from: start, through: end, into: &columns)
    }
}

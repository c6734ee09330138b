internal import MetricModel
internal import StorageAPI

/// The damages that a selection touches as they are known when it is asked: what reading it meets counts.
struct ToldDamages: Sendable {
    let list: DamageList
    /// The bounds of the selection, inclusive.
    let start: Int64
    let end: Int64

    var texts: [String] { list.warnings(from: start, through: end) }
}

/// The series of one part alone.
struct SingleSeriesSet: SeriesSet {
    let source: any SeriesSource
    let damages: ToldDamages
    /// The bounds of the querier, inclusive.
    let start: Int64
    let end: Int64

    var count: Int { source.count }
    var warnings: [String] { damages.texts }

    func labels(at index: Int) -> Labels { source.labels(at: index) }

    func read(
        _ index: Int, from start: Timestamp, through end: Timestamp, into columns: inout SampleColumns
    ) throws(StorageError) {
        do throws(TSDBError) {
            try source.read(index, from: max(start, self.start), through: min(end, self.end), into: &columns)
        } catch {
            throw error.asStorageError
        }
    }
}

/// The series of several parts, each once, with the samples of all parts put together.
struct MergedSeriesSet: SeriesSet {
    private struct Part {
        var source: UInt32
        var index: UInt32
    }

    private let sources: [any SeriesSource]
    private var parts: [Part] = []
    /// Where the parts of each series begin in `parts`; one more than series.
    private var starts: [UInt32] = [0]
    private let damages: ToldDamages
    private let start: Int64
    private let end: Int64

    /// - Parameter sources: oldest first.
    init(_ sources: [any SeriesSource], damages: ToldDamages, start: Int64, end: Int64) {
        self.sources = sources
        self.damages = damages
        self.start = start
        self.end = end
        var places = [Int](repeating: 0, count: sources.count)
        var current = [Labels?](repeating: nil, count: sources.count)
        while true {
            var least: Labels?
            for i in sources.indices where places[i] < sources[i].count {
                let labels: Labels
                if let known = current[i] {
                    labels = known
                } else if let other = least, sources[i].hasLabels(other, at: places[i]) {
                    // Most sources have the same series: these are not read anew.
                    labels = other
                } else {
                    labels = sources[i].labels(at: places[i])
                }
                current[i] = labels
                if let known = least {
                    // Those that share their bytes are told apart from others at once.
                    if labels != known, labels < known { least = labels }
                } else {
                    least = labels
                }
            }
            guard let least else { break }
            for i in sources.indices where current[i] == least {
                parts.append(Part(source: UInt32(i), index: UInt32(places[i])))
                places[i] += 1
                current[i] = nil
            }
            starts.append(UInt32(parts.count))
        }
    }

    var count: Int { starts.count - 1 }
    var warnings: [String] { damages.texts }

    func labels(at index: Int) -> Labels {
        let part = parts[Int(starts[index])]
        return sources[Int(part.source)].labels(at: Int(part.index))
    }

    func read(
        _ index: Int, from start: Timestamp, through end: Timestamp, into columns: inout SampleColumns
    ) throws(StorageError) {
        let start = max(start, self.start)
        let end = min(end, self.end)
        let base = columns.mark
        do throws(TSDBError) {
            for i in Int(starts[index])..<Int(starts[index + 1]) {
                let before = columns.mark
                let part = parts[i]
                try sources[Int(part.source)].read(Int(part.index), from: start, through: end, into: &columns)
                columns.restoreOrder(from: base, second: before)
            }
        } catch {
            throw error.asStorageError
        }
    }
}

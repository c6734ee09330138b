internal import MetricModel
internal import StorageAPI

/// The newest exemplars of all series: a bounded ring in memory. A new one takes the place of the oldest.
struct ExemplarRing {
    /// How many it holds at most; 0 takes none.
    let capacity: Int

    private struct Entry {
        /// Index into `series`.
        var series: Int
        var exemplar: Exemplar
    }

    private struct Series {
        var labels: Labels
        var newest: Exemplar
        var count: Int
    }

    private var entries: [Entry] = []
    /// The entry that the next one replaces once the ring is full.
    private var oldest = 0
    private var series: [Series] = []
    private var free: [Int] = []
    private var places: [Labels: Int] = [:]
    private(set) var counters = Counters()

    struct Counters {
        var appended: UInt64 = 0
        var outOfOrder: UInt64 = 0
        /// Milliseconds; of the exemplar that was added last.
        var lastTime: Timestamp = 0
    }

    init(capacity: Int) { self.capacity = max(capacity, 0) }

    var count: Int { entries.count }
    var seriesCount: Int { places.count }

    /// What becomes of an exemplar.
    enum Verdict {
        case new
        /// The newest one of its series is the same: nothing is to be done.
        case known
        case outOfOrder
        /// Its labels are too long, or the ring takes none.
        case refused
    }

    func verdict(on exemplar: Exemplar, of labels: Labels) -> Verdict {
        guard capacity > 0 else { return .refused }
        var length = 0
        for (name, value) in exemplar.labels {
            length += name.unicodeScalars.count + value.unicodeScalars.count
        }
        guard length <= Exemplar.labelLengthMax else { return .refused }
        guard let place = places[labels] else { return .new }
        let newest = series[place].newest
        if newest == exemplar { return .known }
        // Buckets of one native histogram have exemplars of the same time, in order of value.
        if exemplar.timestamp == newest.timestamp {
            return exemplar.value < newest.value ? .outOfOrder : .new
        }
        return exemplar.timestamp < newest.timestamp ? .outOfOrder : .new
    }

    mutating func noteOutOfOrder() { counters.outOfOrder += 1 }

    /// Adds an exemplar that is ``Verdict/new``.
    mutating func add(_ exemplar: Exemplar, of labels: Labels) {
        guard capacity > 0 else { return }
        if entries.count == capacity { drop(entries[oldest].series) }
        let place: Int
        if let known = places[labels] {
            place = known
        } else {
            let new = Series(labels: labels, newest: exemplar, count: 0)
            if let reused = free.popLast() {
                place = reused
                series[place] = new
            } else {
                place = series.count
                series.append(new)
            }
            places[labels] = place
        }
        series[place].newest = exemplar
        series[place].count += 1
        let entry = Entry(series: place, exemplar: exemplar)
        if entries.count < capacity {
            entries.append(entry)
        } else {
            entries[oldest] = entry
            oldest = (oldest + 1) % capacity
        }
        counters.appended += 1
        counters.lastTime = exemplar.timestamp
    }

    /// Calls `body` with every exemplar, in the order they came.
    func visit(_ body: (Labels, Exemplar) -> Void) {
        for i in entries.indices {
            let entry = entries[(oldest + i) % entries.count]
            body(series[entry.series].labels, entry.exemplar)
        }
    }

    private mutating func drop(_ place: Int) {
        series[place].count -= 1
        guard series[place].count == 0 else { return }
        places[series[place].labels] = nil
        series[place].labels = .empty
        free.append(place)
    }

    /// The exemplars between the inclusive bounds of series that pass all matchers of one selector.
    func select(
        _ selectors: [[LabelMatcher]], from start: Timestamp, through end: Timestamp
    ) -> [SeriesExemplars] {
        var found: [Int: [Exemplar]] = [:]
        for (labels, place) in places {
            let isWanted = selectors.contains { matchers in
                matchers.allSatisfy { $0.matches(labels) }
            }
            if isWanted { found[place] = [] }
        }
        if found.isEmpty { return [] }
        for i in entries.indices {
            let entry = entries[(oldest + i) % entries.count]
            guard entry.exemplar.timestamp >= start, entry.exemplar.timestamp <= end else { continue }
            found[entry.series]?.append(entry.exemplar)
        }
        return found.filter { !$0.value.isEmpty }.map {
            SeriesExemplars(seriesLabels: series[$0.key].labels, exemplars: $0.value)
        }.sorted { $0.seriesLabels < $1.seriesLabels }
    }
}

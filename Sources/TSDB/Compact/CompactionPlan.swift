/// Which blocks are to be merged next. Pure: metadata in, choice out. Source of the rules: Prometheus'
/// leveled compactor.
struct CompactionPlan {
    /// Milliseconds that blocks of each level cover, ascending.
    let ranges: [Int64]

    /// 2h, 6h, 18h, … up to `max`.
    init(smallest: Int64, max: Int64) {
        var ranges = [smallest]
        while ranges.count < 10, let last = ranges.last, last <= max / 3 { ranges.append(last * 3) }
        self.ranges = ranges
    }

    /// The blocks to merge into one, by name; empty when there is nothing to do.
    func next(_ blocks: [BlockMeta]) -> [String] {
        let sorted = blocks.sorted { ($0.minTime, $0.ulid) < ($1.minTime, $1.ulid) }
        let overlapping = overlapping(sorted)
        if !overlapping.isEmpty { return overlapping.map(\.ulid) }
        // The newest block is left alone, so that a backup that runs meanwhile finds it.
        let settled = sorted.dropLast()
        let byRange = byRange(Array(settled))
        if !byRange.isEmpty { return byRange.map(\.ulid) }
        for meta in settled.reversed() {
            let length = meta.maxTime - meta.minTime
            // A small block is merged, and so cleaned, soon anyway.
            if length < ranges[ranges.count / 2] {
                if meta.numTombstones > 0, meta.numTombstones >= meta.numSeries { return [meta.ulid] }
                break
            }
            if Double(meta.numTombstones) / Double(meta.numSeries + 1) > 0.05 { return [meta.ulid] }
        }
        return []
    }

    private func overlapping(_ sorted: [BlockMeta]) -> [BlockMeta] {
        var group: [BlockMeta] = []
        var end = Int64.min
        for (i, meta) in sorted.enumerated() {
            if i > 0, meta.minTime < end {
                if group.isEmpty { group.append(sorted[i - 1]) }
                group.append(meta)
            } else if !group.isEmpty {
                break
            }
            end = max(end, meta.maxTime)
        }
        return group.contains { $0.hasFailed } ? [] : group
    }

    private func byRange(_ settled: [BlockMeta]) -> [BlockMeta] {
        guard let newest = settled.last else { return [] }
        for range in ranges.dropFirst() {
            for group in CompactionPlan.split(settled, range) {
                if group.contains(where: { $0.hasFailed }) { continue }
                guard group.count > 1, let first = group.first, let last = group.last else { continue }
                // A range that is full, or one that no block can be added to any more.
                if last.maxTime - first.minTime == range || last.maxTime <= newest.minTime { return group }
            }
        }
        return []
    }

    /// Groups blocks by the aligned stretch of `range` that they lie in; those that cross a border are
    /// left out.
    static func split(_ blocks: [BlockMeta], _ range: Int64) -> [[BlockMeta]] {
        var groups: [[BlockMeta]] = []
        var start = Int64.min
        for meta in blocks {
            var aligned = meta.minTime / range * range
            if aligned > meta.minTime { aligned -= range }
            guard meta.maxTime <= aligned + range else { continue }
            if groups.isEmpty || aligned != start {
                groups.append([])
                start = aligned
            }
            groups[groups.count - 1].append(meta)
        }
        return groups
    }
}

internal import Platform

extension Head {
    /// What the head holds; the lists have at most `limit` entries.
    func statistics(limit: Int) -> HeadStatistics {
        stateLock.withReadLock {
            var result = HeadStatistics()
            result.numSeries = store.pointee.seriesCount
            result.numLabelPairs = store.pointee.pairs.count
            result.chunkCount = store.pointee.openChunkCount + store.pointee.fullChunks.chunkCount
            result.minTime = store.pointee.minTime
            result.maxTime = store.pointee.maxTime
            // The lists cost a walk over all label pairs.
            if limit <= 0 { return result }
            var pairSizes: [HeadStatistics.Entry] = []
            var metricSizes: [HeadStatistics.Entry] = []
            var valueCounts: [HeadStatistics.Entry] = []
            var memory: [HeadStatistics.Entry] = []
            for (name, pairs) in store.pointee.pairs.pairsOfName {
                let label = store.pointee.symbols.string(name)
                valueCounts.append(.init(name: label, value: UInt64(pairs.count)))
                var bytes: UInt64 = 0
                var largest = TopList(limit)
                for pair in pairs {
                    let size = UInt64(store.pointee.pairs.seriesCount(pair))
                    bytes += size * UInt64(store.pointee.symbols[store.pointee.pairs.value(pair)].count)
                    largest.offer(size, pair)
                }
                memory.append(.init(name: label, value: bytes))
                let isMetric = label == "__name__"
                for (size, pair) in largest.items {
                    let value = store.pointee.symbols.string(store.pointee.pairs.value(pair))
                    pairSizes.append(.init(name: label + "=" + value, value: size))
                    if isMetric { metricSizes.append(.init(name: value, value: size)) }
                }
            }
            result.seriesCountByMetricName = Head.top(metricSizes, limit)
            result.labelValueCountByLabelName = Head.top(valueCounts, limit)
            result.memoryInBytesByLabelName = Head.top(memory, limit)
            result.seriesCountByLabelValuePair = Head.top(pairSizes, limit)
            return result
        }
    }

    private static func top(_ entries: [HeadStatistics.Entry], _ limit: Int) -> [HeadStatistics.Entry] {
        Array(
            entries.sorted { $0.value != $1.value ? $0.value > $1.value : $0.name.precedesByBytes($1.name) }
                .prefix(max(0, limit)))
    }
}

/// The largest of many numbers, with what they belong to.
private struct TopList {
    private(set) var items: [(size: UInt64, pair: UInt32)] = []
    private let limit: Int

    init(_ limit: Int) { self.limit = max(0, limit) }

    mutating func offer(_ size: UInt64, _ pair: UInt32) {
        if items.count == limit {
            guard let last = items.last, size > last.size else { return }
            items.removeLast()
        }
        var place = items.count
        while place > 0, items[place - 1].size < size { place -= 1 }
        items.insert((size, pair), at: place)
    }
}

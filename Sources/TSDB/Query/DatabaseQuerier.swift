internal import MetricModel
internal import Platform
internal import StorageAPI

/// A view of head and blocks between two times.
final class DatabaseQuerier: Querier {
    private let head: HeadSnapshot
    /// Oldest first.
    private let blocks: [Block]
    private let start: Int64
    private let end: Int64
    private let damages: DamageList
    private let decoded: DecodedSamplesCache

    init(
        head: HeadSnapshot, blocks: [Block], from start: Int64, through end: Int64, damages: DamageList,
        decoded: DecodedSamplesCache
    ) {
        self.decoded = decoded
        self.head = head
        self.blocks = blocks
        self.start = start
        self.end = end
        self.damages = damages
    }

    func select(_ matchers: [LabelMatcher], hints: SelectHints) throws(StorageError) -> any SeriesSet {
        let start = max(start, hints.start)
        let end = min(end, hints.end)
        var sources: [any SeriesSource] = []
        for block in blocks where block.overlaps(start, end) {
            do throws(TSDBError) {
                let source = try BlockSource(
                    block, matchers, from: start, through: end, damages: damages, decoded: decoded)
                if source.count > 0 { sources.append(source) }
            } catch {
                damages.noteFound(error, file: block.path, times: block.times)
            }
        }
        let references = head.select(matchers, from: start, through: end)
        if !references.isEmpty || sources.isEmpty {
            sources.append(HeadSource(snapshot: head, references: references))
        }
        let told = ToldDamages(list: damages, start: start, end: end)
        if sources.count == 1 {
            return SingleSeriesSet(source: sources[0], damages: told, start: self.start, end: self.end)
        }
        return MergedSeriesSet(sources, damages: told, start: self.start, end: self.end)
    }

    func sizeInMemory(of matchers: [LabelMatcher], hints: SelectHints, seriesMax: Int) -> SelectionSize? {
        let (start, end) = (max(start, hints.start), min(end, hints.end))
        guard
            var size = head.sizeInMemory(
                of: matchers, from: start, through: end, seriesMax: seriesMax,
                readsSamples: hints.readsSamples)
        else { return nil }
        for block in blocks where block.overlaps(start, end) {
            guard
                let more = block.sizeInMemory(
                    of: matchers, from: start, through: end, seriesMax: seriesMax - size.seriesCount,
                    readsSamples: hints.readsSamples, decoded: decoded)
            else { return nil }
            size.seriesCount += more.seriesCount
            size.sampleCount += more.sampleCount
        }
        return size
    }

    func countInMemory(ofValuesOf name: String?) -> Int? {
        var count = head.count(ofValuesOf: name)
        for block in blocks {
            guard let name else {
                count += block.index.names.count
                continue
            }
            guard block.index.isInMemory else { return nil }
            count += block.index.valueCount(name)
        }
        return count
    }

    func labelNames(_ matchers: [LabelMatcher], limit: Int) throws(StorageError) -> Listing {
        collect(limit, head.labelNames(matchers)) { (block) throws(TSDBError) in
            try block.labelNames(matchers)
        }
    }

    func labelValues(_ name: String, _ matchers: [LabelMatcher], limit: Int) throws(StorageError) -> Listing {
        collect(limit, head.labelValues(name, matchers)) { (block) throws(TSDBError) in
            try block.labelValues(name, matchers)
        }
    }

    private func collect(
        _ limit: Int, _ fromHead: [String], _ fromBlock: (Block) throws(TSDBError) -> [String]
    ) -> Listing {
        var all = fromHead
        for block in blocks {
            do throws(TSDBError) {
                all.append(contentsOf: try fromBlock(block))
            } catch {
                damages.noteFound(error, file: block.path, times: block.times)
            }
        }
        all.sort { $0.precedesByBytes($1) }
        var items: [String] = []
        for item in all {
            if let last = items.last, last.hasSameBytes(as: item) { continue }
            if limit > 0, items.count == limit { break }
            items.append(item)
        }
        return Listing(items: items, warnings: damages.warnings(from: start, through: end))
    }
}

internal import MetricModel
internal import StorageAPI
internal import Synchronization
internal import Wire

extension Block {
    /// The numbers of the series that pass all matchers, ascending: the order of their labels.
    func select(_ matchers: [LabelMatcher]) throws(TSDBError) -> [UInt32] {
        do throws(WireError) {
            return try selectNumbers(matchers)
        } catch {
            throw TSDBError(error, file: index.path)
        }
    }

    private func selectNumbers(_ matchers: [LabelMatcher]) throws(WireError) -> [UInt32] {
        var result: [UInt32]?
        for matcher in matchers where matcher.namesPair {
            guard let place = try index.place(of: matcher.name, matcher.value) else { return [] }
            narrow(&result, try index.postings(at: place))
            if result?.isEmpty == true { return [] }
        }
        for matcher in matchers where !matcher.namesPair {
            result = try filter(result, matcher)
            if result?.isEmpty == true { return [] }
        }
        if let result { return result }
        return try index.allSeries()
    }

    /// Applies a matcher that needs a look at the label's values.
    private func filter(_ known: [UInt32]?, _ matcher: LabelMatcher) throws(WireError) -> [UInt32] {
        if let known, known.count < index.valueCount(matcher.name) {
            return try filterByLabels(known, matcher)
        }
        // The values that decide: those that match, or, when a missing label passes, those that do not.
        let passesEmpty = matcher.matchesEmpty
        var places: [Int] = []
        if matcher.kind == .matches, !passesEmpty, let literals = matcher.pattern?.literals {
            for literal in literals {
                if let place = try index.place(of: matcher.name, literal) { places.append(place) }
            }
        } else {
            try index.visitValues(matcher.name) { value, place in
                let text = String(decoding: value, as: UTF8.self)
                if matcher.matches(text) != passesEmpty { places.append(place) }
            }
        }
        if let known {
            var count = 0
            for place in places { count += try index.postingsCount(at: place) }
            // So many numbers of a list take as long as the entry of a series.
            if known.count < count / 64 { return try filterByLabels(known, matcher) }
        }
        var union: [UInt32] = []
        for place in places { union.append(contentsOf: try index.postings(at: place)) }
        PostingsMath.sortedUnion(&union)
        let all: [UInt32]
        if let known { all = known } else if passesEmpty { all = try index.allSeries() } else { return union }
        return union.withUnsafeBufferPointer { union in
            passesEmpty
                ? PostingsMath.subtract(all, union)
                : all.withUnsafeBufferPointer { PostingsMath.intersect($0, union) }
        }
    }

    /// Looks at the label of each series, at each value once.
    private func filterByLabels(_ numbers: [UInt32], _ matcher: LabelMatcher) throws(WireError) -> [UInt32] {
        let passesEmpty = matcher.matchesEmpty
        var verdicts: [UInt32: Bool] = [:]
        var result: [UInt32] = []
        for number in numbers {
            guard let value = try index.value(of: matcher.name, number) else {
                if passesEmpty { result.append(number) }
                continue
            }
            let passes: Bool
            if let known = verdicts[value] {
                passes = known
            } else {
                passes = matcher.matches(String(decoding: try index.symbol(value), as: UTF8.self))
                verdicts[value] = passes
            }
            if passes { result.append(number) }
        }
        return result
    }

    private func narrow(_ result: inout [UInt32]?, _ postings: [UInt32]) {
        guard let known = result else {
            result = postings
            return
        }
        result = known.withUnsafeBufferPointer { known in
            postings.withUnsafeBufferPointer { PostingsMath.intersect(known, $0) }
        }
    }

    /// As ``select(_:)`` without the postings, for when these are damaged: looks at every series.
    func scan(_ matchers: [LabelMatcher]) -> [UInt32] {
        index.soundSeries().filter { number in
            guard let labels = try? index.labels(number) else { return false }
            return matchers.allSatisfy { $0.matches(labels) }
        }
    }

    /// The label names of series that pass all matchers, in no order.
    func labelNames(_ matchers: [LabelMatcher]) throws(TSDBError) -> [String] {
        if matchers.isEmpty { return index.names }
        var symbols: Set<UInt32> = []
        do throws(WireError) {
            for number in try selectNumbers(matchers) {
                _ = try index.series(number) { (name, _) throws(WireError) in symbols.insert(name) }
            }
            var names: [String] = []
            for symbol in symbols { names.append(String(decoding: try index.symbol(symbol), as: UTF8.self)) }
            return names
        } catch {
            throw TSDBError(error, file: index.path)
        }
    }

    /// The values of a label over series that pass all matchers, in no order.
    func labelValues(_ name: String, _ matchers: [LabelMatcher]) throws(TSDBError) -> [String] {
        do throws(WireError) {
            var places: [(value: String, place: Int)] = []
            try index.visitValues(name) { value, place in
                places.append((String(decoding: value, as: UTF8.self), place))
            }
            if matchers.isEmpty { return places.map(\.value) }
            let numbers = try selectNumbers(matchers)
            var postingsCount = 0
            for (_, place) in places { postingsCount += try index.postingsCount(at: place) }
            // The entry of a series takes so many times as long to read as a number of a list.
            if numbers.count < postingsCount / 64 {
                var symbols: Set<UInt32> = []
                for number in numbers {
                    if let value = try index.value(of: name, number) { symbols.insert(value) }
                }
                return try symbols.map { (symbol) throws(WireError) in
                    String(decoding: try index.symbol(symbol), as: UTF8.self)
                }
            }
            var values: [String] = []
            for (value, place) in places {
                let postings = try index.postings(at: place)
                let both = postings.withUnsafeBufferPointer { postings in
                    numbers.withUnsafeBufferPointer { PostingsMath.intersect($0, postings) }
                }
                if !both.isEmpty { values.append(value) }
            }
            return values
        } catch {
            throw TSDBError(error, file: index.path)
        }
    }
}

/// Selected series of a block.
struct BlockSource: SeriesSource {
    let block: Block
    private let numbers: [UInt32]
    private let tombstones: Tombstones
    private let damages: DamageList
    private let decoded: DecodedSamplesCache

    /// Leaves out series without a chunk between the inclusive bounds.
    init(
        _ block: Block, _ matchers: [LabelMatcher], from start: Int64, through end: Int64,
        damages: DamageList,
        decoded: DecodedSamplesCache
    ) throws(TSDBError) {
        self.block = block
        self.decoded = decoded
        self.damages = damages
        let deleted = block.tombstones.withLock { $0 }
        tombstones = deleted
        let all: [UInt32]
        do throws(TSDBError) {
            all = try block.select(matchers)
        } catch {
            guard error.kind == .corruption else { throw error }
            damages.noteFound(error, file: block.path, times: block.times)
            all = block.scan(matchers)
        }
        var numbers: [UInt32] = []
        numbers.reserveCapacity(all.count)
        for number in all {
            let isGone = deleted.isEmpty ? [] : deleted[number]
            var overlaps = false
            do throws(WireError) {
                try block.index.visitChunks(number) { chunk in
                    overlaps =
                        chunk.minTime <= end && chunk.maxTime >= start
                        && !isGone.contains { $0.minTime <= chunk.minTime && $0.maxTime >= chunk.maxTime }
                    return !overlaps
                }
            } catch {
                BlockSource.noteDamage(of: number, error, block, damages)
                continue
            }
            if overlaps { numbers.append(number) }
        }
        self.numbers = numbers
    }

    var count: Int { numbers.count }

    func labels(at index: Int) -> Labels {
        // The entry was read when it was selected; a disk that fails in between shows as no labels.
        (try? block.index.labels(numbers[index])) ?? .empty
    }

    func hasLabels(_ labels: Labels, at index: Int) -> Bool {
        (try? block.index.hasLabels(numbers[index], labels)) ?? labels.isEmpty
    }

    func read(
        _ index: Int, from start: Int64, through end: Int64, into columns: inout SampleColumns
    ) throws(TSDBError) {
        let number = numbers[index]
        let base = columns.mark
        let key = DecodedSamplesCache.Key(block: block.number, series: number)
        switch decoded.find(key) {
        case .samples(let samples): samples.append(from: start, through: end, to: &columns)
        case .wanted where coversMuch(start, end):
            let isSound = try decode(number, from: .min, through: .max, into: &columns)
            let samples = isSound ? DecodedSamples(columns, since: base) : nil
            columns.cut(to: base)
            decoded.keep(key, samples)
            if let samples { samples.append(from: start, through: end, to: &columns) } else { fallthrough }
        case .wanted, .unknown: _ = try decode(number, from: start, through: end, into: &columns)
        }
        let deleted = tombstones[number]
        if !deleted.isEmpty { columns.remove(deleted, from: base) }
    }

    /// Whether a fourth of the block's time lies between the bounds.
    private func coversMuch(_ start: Int64, _ end: Int64) -> Bool {
        let times = block.times
        let common = min(Double(end), Double(times.upperBound)) - max(Double(start), Double(times.lowerBound))
        return common >= (Double(times.upperBound) - Double(times.lowerBound)) / 4
    }

    /// Appends the samples between the inclusive bounds, deleted ones too. What is damaged is left out and noted.
    ///
    /// - Returns: whether all could be read.
    private func decode(
        _ number: UInt32, from start: Int64, through end: Int64, into columns: inout SampleColumns
    ) throws(TSDBError) -> Bool {
        let base = columns.mark
        var isSound = true
        var failure: TSDBError?
        do throws(WireError) {
            try block.index.visitChunks(number) { meta in
                guard meta.minTime <= end, meta.maxTime >= start else { return true }
                let before = columns.mark
                do throws(TSDBError) {
                    try decode(meta, from: start, through: end, into: &columns)
                } catch {
                    guard error.kind == .corruption else {
                        failure = error
                        return false
                    }
                    isSound = false
                    columns.cut(to: before)
                    let times = min(meta.minTime, meta.maxTime)...max(meta.minTime, meta.maxTime)
                    damages.noteFound(error, file: block.path, times: times)
                }
                columns.restoreOrder(from: base, second: before)
                return true
            }
        } catch {
            // What stands before the damage in the entry is left out, too: which chunks there are is not known.
            columns.cut(to: base)
            BlockSource.noteDamage(of: number, error, block, damages)
            return false
        }
        if let failure { throw failure }
        return isSound
    }

    private func decode(
        _ meta: ChunkMeta, from start: Int64, through end: Int64, into columns: inout SampleColumns
    ) throws(TSDBError) {
        let chunk = try block.chunks.chunk(meta.reference)
        do throws(WireError) {
            try ChunkDecoder.decode(chunk.encoding, chunk.bytes, from: start, through: end, into: &columns)
        } catch {
            throw block.chunks.damage(error, meta.reference)
        }
    }

    /// The entry of a series cannot be read: any of its time may be missing.
    private static func noteDamage(
        of number: UInt32, _ error: WireError, _ block: Block, _ damages: DamageList
    ) {
        damages.noteFound(
            TSDBError(error, file: block.index.path, offset: block.index.offset(ofSeries: number)),
            file: block.path, times: block.times)
    }
}

internal import MetricModel
internal import StorageAPI
internal import Synchronization
internal import Wire

extension Block {
    /// Numbers in all the lists of postings that are put together.
    private static let postingsMax = 1 << 14
    private static let chunksMax = 256
    /// Series that matchers for equality leave.
    private static let seriesMax = 1024

    /// The series that pass the matchers and have samples between the inclusive bounds, and the samples of the chunks that
    /// hold these, when all of it is in memory, matchers for equality leave few, and there is little to look at; nil
    /// otherwise.
    ///
    /// - Parameter readsSamples: whether chunks are of interest; without, there are no samples.
    func sizeInMemory(
        of matchers: [LabelMatcher], from start: Int64, through end: Int64, seriesMax: Int,
        readsSamples: Bool,
        decoded: DecodedSamplesCache
    ) -> SelectionSize? {
        guard index.isInMemory, tombstones.withLock(\.isEmpty), let most = postingsCount(matchers),
            most <= Block.seriesMax
        else { return nil }
        var size = SelectionSize(seriesCount: 0, sampleCount: 0)
        guard most > 0 else { return size }
        guard let numbers = try? select(matchers) else { return nil }
        var references: [UInt64] = []
        for number in numbers {
            let key = DecodedSamplesCache.Key(block: self.number, series: number)
            let known = readsSamples ? decoded.sampleCount(key) : 0
            var isPresent = false
            let isSound: Void? = try? index.visitChunks(number) { chunk in
                guard chunk.minTime <= end, chunk.maxTime >= start else { return true }
                isPresent = true
                if known == nil { references.append(chunk.reference) }
                return known == nil
            }
            guard isSound != nil, references.count <= Block.chunksMax else { return nil }
            guard isPresent else { continue }
            guard size.seriesCount < seriesMax else { return nil }
            size.seriesCount += 1
            size.sampleCount += known ?? 0
        }
        guard let more = chunks.sampleCountInMemory(references) else { return nil }
        size.sampleCount += more
        return size
    }

    /// The length of the shortest list of postings that a matcher names; nil when none does or all together are too long.
    private func postingsCount(_ matchers: [LabelMatcher]) -> Int? {
        var least = Int.max
        var sum = 0
        for matcher in matchers where matcher.namesPair {
            let count: Int
            do throws(WireError) {
                guard let place = try index.place(of: matcher.name, matcher.value) else { return 0 }
                count = try index.postingsCount(at: place)
            } catch {
                return nil
            }
            least = min(least, count)
            sum += count
        }
        return sum > 0 && sum <= Block.postingsMax ? least : nil
    }
}

public import MetricModel
public import Platform
public import StorageAPI
internal import Wire

/// Cardinality and churn of one block, for `tool tsdb analyze`.
public struct BlockAnalysis: Sendable {
    /// A name and a number of a ranking.
    public struct Entry: Sendable, Equatable {
        public let name: String
        public let count: UInt64
    }

    public let block: BlockSummary
    /// Series that the matchers select; all when there are none.
    public private(set) var seriesCount = 0
    public private(set) var labelNameCount = 0
    public private(set) var labelPairCount = 0
    public private(set) var labelCount = 0
    /// All rankings have the largest first, equal ones by name. Churn: how many series' worth of the block's time the
    /// series with this pair or name do not cover.
    public private(set) var churnByPair: [Entry] = []
    public private(set) var churnByName: [Entry] = []
    public private(set) var seriesByPair: [Entry] = []
    public private(set) var valueBytesByName: [Entry] = []
    public private(set) var valuesByName: [Entry] = []
    public private(set) var seriesByMetric: [Entry] = []
    /// Samples and bytes of each chunk, floats and histograms apart; filled when asked for.
    public private(set) var floatChunks: [(samples: Int, bytes: Int)] = []
    public private(set) var histogramChunks: [(samples: Int, bytes: Int)] = []

    /// - Parameters:
    ///   - ulid: nil for the newest block.
    ///   - readsChunks: whether all chunks are read.
    /// - Throws: `io`, `corruption`.
    public init(
        path: String, ulid: String? = nil, matchers: [LabelMatcher] = [], readsChunks: Bool = false,
        disk: any Disk = RealDisk()
    ) throws(StorageError) {
        let all = try BlockSummary.list(path, disk: disk)
        let wanted = ulid.map { name in all.first { $0.ulid == name } } ?? all.max { $0.maxTime < $1.maxTime }
        guard let wanted else {
            throw StorageError(
                .io, ulid.map { "cannot find the block \($0) in \(path)" } ?? "cannot find a block in \(path)"
            )
        }
        block = wanted
        do throws(TSDBError) {
            try read(try Block(disk: disk, path: wanted.folder), matchers, readsChunks)
        } catch {
            throw error.asStorageError
        }
    }

    private mutating func read(_ block: Block, _ matchers: [LabelMatcher], _ readsChunks: Bool)
        throws(TSDBError)
    {
        let span = block.meta.maxTime - block.meta.minTime
        var pairs: [String: (series: UInt64, uncovered: UInt64)] = [:]
        var names: [String: UInt64] = [:]
        var values: [String: Set<String>] = [:]
        var metrics: [String: UInt64] = [:]
        do throws(WireError) {
            let numbers: [UInt32]
            do throws(TSDBError) {
                numbers = matchers.isEmpty ? [] : try block.select(matchers)
            } catch {
                throw WireError(.malformed, error.description)
            }
            for number in matchers.isEmpty ? try block.index.allSeries() : numbers {
                let chunks = try block.index.chunks(number)
                let labels = try block.index.labels(number)
                let covered = (chunks.last?.maxTime ?? 0) - (chunks.first?.minTime ?? 0)
                let uncovered = UInt64(max(span - max(covered, 0), 0))
                for (name, value) in labels {
                    let known = pairs[name + "=" + value] ?? (0, 0)
                    pairs[name + "=" + value] = (known.series + 1, known.uncovered &+ uncovered)
                    names[name, default: 0] &+= uncovered
                    values[name, default: []].insert(value)
                    labelCount += 1
                }
                if let metric = labels.metricName { metrics[metric, default: 0] += 1 }
                seriesCount += 1
                if readsChunks { try readChunks(block, chunks) }
            }
        } catch {
            throw TSDBError(error, file: block.path)
        }
        labelNameCount = names.count
        labelPairCount = pairs.count
        let length = UInt64(max(span, 1))
        churnByPair = BlockAnalysis.ranking(pairs.map { ($0.key, $0.value.uncovered / length) })
        churnByName = BlockAnalysis.ranking(names.map { ($0.key, $0.value / length) })
        seriesByPair = BlockAnalysis.ranking(pairs.map { ($0.key, $0.value.series) })
        valueBytesByName = BlockAnalysis.ranking(
            values.map { ($0.key, UInt64($0.value.reduce(0) { $0 + $1.utf8.count })) })
        valuesByName = BlockAnalysis.ranking(values.map { ($0.key, UInt64($0.value.count)) })
        seriesByMetric = BlockAnalysis.ranking(metrics.map { ($0.key, $0.value) })
    }

    private mutating func readChunks(_ block: Block, _ chunks: [ChunkMeta]) throws(WireError) {
        var columns = SampleColumns()
        for meta in chunks {
            let chunk: (encoding: UInt8, bytes: UnsafeRawBufferPointer)
            do throws(TSDBError) {
                chunk = try block.chunks.chunk(meta.reference)
            } catch {
                throw WireError(.malformed, error.description)
            }
            columns.removeAll()
            try ChunkDecoder.decode(chunk.encoding, chunk.bytes, from: .min, through: .max, into: &columns)
            if columns.histogramTimestamps.isEmpty {
                floatChunks.append((columns.count, chunk.bytes.count))
            } else {
                histogramChunks.append((columns.count, chunk.bytes.count))
            }
        }
    }

    private static func ranking(_ counts: [(name: String, count: UInt64)]) -> [Entry] {
        counts.sorted { $0.count == $1.count ? $0.name < $1.name : $0.count > $1.count }.map {
            Entry(name: $0.name, count: $0.count)
        }
    }
}

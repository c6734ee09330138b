internal import MetricModel
internal import Platform
internal import StorageAPI
internal import Wire

extension BlockImport {
    /// Writes a block for each stretch that has samples, oldest first; returns their folders.
    ///
    /// - Parameter progress: told the share of the blocks that are written.
    mutating func writeBlocks(now: Int64, _ progress: (Double) -> Void) throws(TSDBError) -> [String] {
        do throws(DiskError) { try close() } catch { throw TSDBError(error) }
        let order = sortedSymbols()
        let ranks = rankedSeries()
        var paths: [String] = []
        let blocks = spool.blocks
        for (i, block) in blocks.enumerated() {
            if let path = try write(block, ranks, order, now: now) { paths.append(path) }
            progress(Double(i + 1) / Double(blocks.count))
        }
        return paths
    }

    /// Brings the symbols in the order of their bytes, and the runs of all series with them.
    private mutating func sortedSymbols() -> [[UInt8]] {
        let texts = symbols.enumerated().map { (number: $0.offset, text: Array($0.element.utf8)) }.sorted {
            a, b in
            a.text.withUnsafeBytes { a in b.text.withUnsafeBytes { compare(a, $0) < 0 } }
        }
        symbols = []
        var ranks = [UInt32](repeating: 0, count: texts.count)
        for (rank, item) in texts.enumerated() { ranks[item.number] = UInt32(truncatingIfNeeded: rank) }
        for i in runs.indices { runs[i] = (ranks[Int(runs[i].name)], ranks[Int(runs[i].value)]) }
        return texts.map(\.text)
    }

    /// By series: its place in the order of labels.
    private func rankedSeries() -> [UInt32] {
        let count = runStarts.count - 1
        let starts = runStarts
        var order = (0..<count).map { UInt32(truncatingIfNeeded: $0) }
        runs.withUnsafeBufferPointer { runs in
            order.sort { a, b in
                var i = starts[Int(a)]
                var j = starts[Int(b)]
                let endOfA = starts[Int(a) + 1]
                let endOfB = starts[Int(b) + 1]
                while i < endOfA, j < endOfB {
                    if runs[i].name != runs[j].name { return runs[i].name < runs[j].name }
                    if runs[i].value != runs[j].value { return runs[i].value < runs[j].value }
                    i += 1
                    j += 1
                }
                return endOfA - i < endOfB - j
            }
        }
        var ranks = [UInt32](repeating: 0, count: count)
        for (rank, series) in order.enumerated() { ranks[Int(series)] = UInt32(truncatingIfNeeded: rank) }
        return ranks
    }

    private mutating func write(_ block: Int64, _ ranks: [UInt32], _ symbols: [[UInt8]], now: Int64)
        throws(TSDBError)
        -> String?
    {
        var entries = spool.entries(of: block)
        // Of equal times the one that came first is first.
        entries.sort { a, b in
            a.series != b.series
                ? ranks[Int(a.series)] < ranks[Int(b.series)]
                : (a.minTime, a.bytes.lowerBound) < (b.minTime, b.bytes.lowerBound)
        }
        var isUsed = [Bool](repeating: false, count: symbols.count)
        var minTime = Int64.max
        var maxTime = Int64.min
        var previous: UInt32?
        for entry in entries {
            minTime = min(minTime, entry.minTime)
            maxTime = max(maxTime, entry.maxTime)
            if entry.series == previous { continue }
            previous = entry.series
            for pair in run(entry.series) {
                isUsed[Int(pair.name)] = true
                isUsed[Int(pair.value)] = true
            }
        }
        var places = [UInt32](repeating: 0, count: symbols.count)
        var used: [[UInt8]] = []
        for i in symbols.indices where isUsed[i] {
            places[i] = UInt32(truncatingIfNeeded: used.count)
            used.append(symbols[i])
        }
        let ulid = ULID.make(now: now)
        var meta = BlockMeta(ulid: ulid, minTime: minTime, maxTime: maxTime == .max ? maxTime : maxTime + 1)
        meta.sources = [ulid]
        var writer: BlockWriter
        do throws(DiskError) {
            writer = try BlockWriter(disk: disk, folder: folder, meta: meta, symbols: used)
        } catch {
            throw TSDBError(error)
        }
        do throws(TSDBError) {
            try writeSeries(entries, places, to: &writer)
        } catch {
            writer.abandon()
            throw error
        }
        do throws(DiskError) { return try writer.finish() } catch { throw TSDBError(error) }
    }

    private func run(_ series: UInt32) -> ArraySlice<(name: UInt32, value: UInt32)> {
        runs[runStarts[Int(series)]..<runStarts[Int(series) + 1]]
    }

    private mutating func writeSeries(
        _ entries: [ChunkSpool.Entry], _ places: [UInt32], to writer: inout BlockWriter
    ) throws(TSDBError) {
        let builder = XORChunkBuilder(samplesPerChunk: BlockImport.samplesPerChunk)
        var labels: [(name: UInt32, value: UInt32)] = []
        var first = 0
        while first < entries.count {
            var end = first + 1
            while end < entries.count, entries[end].series == entries[first].series { end += 1 }
            let chunks = entries[first..<end]
            do throws(DiskError) {
                if isInOrder(chunks) {
                    for chunk in chunks {
                        try writer.addChunk(
                            ChunkEncoding.xor.rawValue, spool.bytes(of: chunk), minTime: chunk.minTime,
                            maxTime: chunk.maxTime)
                    }
                }
            } catch {
                throw TSDBError(error)
            }
            if !isInOrder(chunks) { try mergeChunks(chunks, builder, to: &writer) }
            labels.removeAll(keepingCapacity: true)
            for pair in run(entries[first].series) {
                labels.append((places[Int(pair.name)], places[Int(pair.value)]))
            }
            do throws(DiskError) { try writer.endSeries(labels) } catch { throw TSDBError(error) }
            first = end
        }
    }

    /// Whether the chunks follow each other and all but the last are full.
    private func isInOrder(_ chunks: ArraySlice<ChunkSpool.Entry>) -> Bool {
        var previous: ChunkSpool.Entry?
        for chunk in chunks {
            if let previous,
                previous.maxTime >= chunk.minTime || previous.sampleCount < BlockImport.samplesPerChunk
            {
                return false
            }
            previous = chunk
        }
        return true
    }

    private mutating func mergeChunks(
        _ chunks: ArraySlice<ChunkSpool.Entry>, _ builder: borrowing XORChunkBuilder,
        to writer: inout BlockWriter
    ) throws(TSDBError) {
        var samples: [(time: Int64, order: Int, value: Double)] = []
        // Of equal times the first of the input stays.
        for chunk in chunks.sorted(by: { $0.bytes.lowerBound < $1.bytes.lowerBound }) {
            do throws(WireError) {
                try XORChunkReader.decode(spool.bytes(of: chunk), from: .min, through: .max) {
                    times, values in
                    for i in times.indices { samples.append((times[i], samples.count, values[i])) }
                }
            } catch {
                throw TSDBError(error)
            }
        }
        samples.sort { ($0.time, $0.order) < ($1.time, $1.order) }
        var columns = SampleColumns()
        for sample in samples {
            if columns.timestamps.last == sample.time {
                duplicateCount += 1
                continue
            }
            columns.append(sample.time, sample.value)
        }
        do throws(DiskError) {
            try writer.addSamples(columns, builder)
        } catch {
            throw TSDBError(error)
        }
    }
}

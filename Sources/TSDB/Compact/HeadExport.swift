internal import MetricModel
internal import Platform
internal import StorageAPI
internal import Wire

/// Writes a stretch of the head as a block while appends and queries go on: it copies the index in
/// small pieces, sorts outside the locks, and then reads series by series.
struct HeadExport {
    private let head: Head
    private let snapshot: HeadSnapshot
    private let start: Int64
    private let end: Int64
    /// Of the block's `meta.json`.
    var hints: [String] = []

    /// Series of the stretch: the reference and where its labels lie in `labels`.
    private var series: [(reference: UInt32, first: Int, count: Int)] = []
    /// Pair numbers, later ranks of pairs.
    private var labels: [UInt32] = []
    private var symbols: [[UInt8]] = []
    /// By rank.
    private var pairs: [(name: UInt32, value: UInt32)] = []

    /// Slots looked at under one lock.
    private static let piece = 2048

    /// - Parameters:
    ///   - start: inclusive.
    ///   - end: exclusive.
    init(_ snapshot: HeadSnapshot, from start: Int64, until end: Int64) {
        self.snapshot = snapshot
        head = snapshot.head
        self.start = start
        self.end = end
    }

    /// Writes the block into `folder`; returns its path, or nil when there is no sample.
    mutating func write(
        disk: any Disk, folder: String, ulid: String, isCancelled: () -> Bool
    ) throws(TSDBError) -> String? {
        collect()
        rank()
        sort()
        var meta = BlockMeta(ulid: ulid, minTime: start, maxTime: end)
        meta.sources = [ulid]
        meta.hints = hints
        var writer: BlockWriter
        do throws(DiskError) {
            writer = try BlockWriter(disk: disk, folder: folder, meta: meta, symbols: symbols)
        } catch {
            throw TSDBError(error)
        }
        symbols = []
        do throws(TSDBError) {
            try writeAll(to: &writer, isCancelled)
        } catch {
            writer.abandon()
            throw error
        }
        do throws(DiskError) {
            return try writer.finish()
        } catch {
            throw TSDBError(error)
        }
    }

    private func writeAll(to writer: inout BlockWriter, _ isCancelled: () -> Bool) throws(TSDBError) {
        var columns = SampleColumns()
        let builder = XORChunkBuilder(samplesPerChunk: head.options.samplesPerChunk)
        var run: [(name: UInt32, value: UInt32)] = []
        for (i, item) in series.enumerated() {
            if i % 1024 == 0, isCancelled() {
                throw TSDBError(.io, "cannot write a block: the storage is closing")
            }
            try writeSeries(item.reference, &columns, builder, to: &writer)
            run.removeAll(keepingCapacity: true)
            for label in labels[item.first..<(item.first + item.count)] { run.append(pairs[Int(label)]) }
            do throws(DiskError) {
                try writer.endSeries(run)
            } catch {
                throw TSDBError(error)
            }
        }
    }

    private func writeSeries(
        _ reference: UInt32, _ columns: inout SampleColumns, _ builder: borrowing XORChunkBuilder,
        to writer: inout BlockWriter
    ) throws(TSDBError) {
        let chunks = snapshot.chunks(reference, from: start, through: end - 1)
        let deleted = snapshot.tombstones(reference)
        let isWhole = deleted.isEmpty && chunks.allSatisfy { $0.minTime >= start && $0.maxTime < end }
        do throws(DiskError) {
            if isWhole {
                for chunk in chunks {
                    var failure: DiskError?
                    chunk.bytes.withUnsafeBytes { bytes in
                        do throws(DiskError) {
                            try writer.addChunk(
                                chunk.encoding, bytes, minTime: chunk.minTime, maxTime: chunk.maxTime)
                        } catch {
                            failure = error
                        }
                    }
                    if let failure { throw failure }
                }
                return
            }
        } catch {
            throw TSDBError(error)
        }
        columns.removeAll()
        try snapshot.read(reference, from: start, through: end - 1, into: &columns)
        do throws(DiskError) {
            try writer.addSamples(columns, builder)
        } catch {
            throw TSDBError(error)
        }
    }

    // MARK: - Index

    /// Copies references and pair numbers of the series that have samples in the stretch.
    private mutating func collect() {
        var next = 1
        while true {
            let isDone: Bool = head.stateLock.withReadLock {
                let store = head.store
                let stop = min(next + HeadExport.piece, Int(store.pointee.nextReference))
                for reference in next..<max(next, stop) {
                    guard let slot = store.pointee.slot(of: UInt64(reference)),
                        snapshot.overlapsLocked(UInt32(reference), start, end - 1)
                    else { continue }
                    let run = store.pointee.labelRuns[store.pointee.records[slot].pointee.labels]
                    series.append((UInt32(reference), labels.count, run.count))
                    labels.append(contentsOf: run)
                }
                next = max(next, stop)
                return next >= Int(store.pointee.nextReference)
            }
            if isDone { return }
        }
    }

    /// Replaces pair numbers by ranks: the order of pairs by name, then value.
    private mutating func rank() {
        var used = labels
        PostingsMath.sortedUnion(&used)
        var pairSymbols: [(pair: UInt32, name: UInt32, value: UInt32)] = []
        var symbolNumbers: [UInt32] = []
        var texts: [(number: UInt32, text: [UInt8])] = []
        HeadExport.inPieces(used.count) { range in
            head.stateLock.withReadLock {
                for pair in used[range] {
                    let name = head.store.pointee.pairs.name(pair)
                    let value = head.store.pointee.pairs.value(pair)
                    pairSymbols.append((pair, name, value))
                    symbolNumbers.append(name)
                    symbolNumbers.append(value)
                }
            }
        }
        PostingsMath.sortedUnion(&symbolNumbers)
        HeadExport.inPieces(symbolNumbers.count) { range in
            head.stateLock.withReadLock {
                for number in symbolNumbers[range] {
                    texts.append((number, Array(head.store.pointee.symbols[number])))
                }
            }
        }
        texts.sort { a, b in
            a.text.withUnsafeBytes { a in b.text.withUnsafeBytes { compare(a, $0) < 0 } }
        }
        var rankOfSymbol: [UInt32: UInt32] = [:]
        for (rank, item) in texts.enumerated() { rankOfSymbol[item.number] = UInt32(rank) }
        symbols = texts.map(\.text)
        for i in pairSymbols.indices {
            pairSymbols[i].name = rankOfSymbol[pairSymbols[i].name] ?? 0
            pairSymbols[i].value = rankOfSymbol[pairSymbols[i].value] ?? 0
        }
        pairSymbols.sort { ($0.name, $0.value) < ($1.name, $1.value) }
        pairs = pairSymbols.map { ($0.name, $0.value) }
        let largest = Int(used.last ?? 0)
        var rankOfPair = [UInt32](repeating: 0, count: largest + 1)
        for (rank, item) in pairSymbols.enumerated() { rankOfPair[Int(item.pair)] = UInt32(rank) }
        for i in labels.indices { labels[i] = rankOfPair[Int(labels[i])] }
    }

    private mutating func sort() {
        let labels = labels
        labels.withUnsafeBufferPointer { labels in
            series.sort { a, b in
                let shared = min(a.count, b.count)
                for i in 0..<shared where labels[a.first + i] != labels[b.first + i] {
                    return labels[a.first + i] < labels[b.first + i]
                }
                return a.count < b.count
            }
        }
    }

    private static func inPieces(_ count: Int, _ body: (Range<Int>) -> Void) {
        var start = 0
        while start < count {
            body(start..<min(start + piece, count))
            start += piece
        }
    }
}

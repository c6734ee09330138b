internal import MetricModel
internal import Platform
internal import StorageAPI
internal import Synchronization
internal import Wire

/// Merges blocks into one, series by series, so that memory does not grow with the samples.
struct BlockMerge {
    private let blocks: [Block]
    private let tombstones: [Tombstones]
    private var symbols: [[UInt8]] = []
    /// Per block: from a symbol reference to the place in `symbols`.
    private var symbolPlaces: [[UInt32: UInt32]] = []
    private var symbolTables: [[UInt32]] = []
    private let samplesPerChunk: Int

    /// - Parameter blocks: at least one.
    init(_ blocks: [Block], samplesPerChunk: Int) {
        self.blocks = blocks.sorted { $0.meta.minTime < $1.meta.minTime }
        tombstones = self.blocks.map { $0.tombstones.withLock { $0 } }
        self.samplesPerChunk = samplesPerChunk
    }

    /// What the merged block will say of itself.
    func meta(ulid: String) -> BlockMeta {
        var meta = BlockMeta(
            ulid: ulid, minTime: blocks.map(\.meta.minTime).min() ?? 0,
            maxTime: blocks.map(\.meta.maxTime).max() ?? 0)
        meta.level = (blocks.map(\.meta.level).max() ?? 0) + (blocks.count > 1 ? 1 : 0)
        meta.sources = Set(blocks.flatMap(\.meta.sources)).sorted()
        meta.parents = blocks.map {
            BlockMeta.Parent(ulid: $0.meta.ulid, minTime: $0.meta.minTime, maxTime: $0.meta.maxTime)
        }
        if blocks.allSatisfy({ $0.meta.hints.contains(BlockMeta.outOfOrderHint) }) {
            meta.hints = [BlockMeta.outOfOrderHint]
        }
        return meta
    }

    /// Writes the merged block; returns its path, or nil when all samples were deleted.
    mutating func write(
        disk: any Disk, folder: String, ulid: String, isCancelled: () -> Bool
    ) throws(TSDBError) -> String? {
        try mergeSymbols()
        var writer: BlockWriter
        do throws(DiskError) {
            writer = try BlockWriter(disk: disk, folder: folder, meta: meta(ulid: ulid), symbols: symbols)
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

    // MARK: - Symbols

    private mutating func mergeSymbols() throws(TSDBError) {
        var places = [Int](repeating: 0, count: blocks.count)
        var tables = blocks.map { [UInt32](repeating: 0, count: $0.index.symbolCount) }
        for block in blocks.indices {
            do throws(WireError) {
                var previous: UnsafeRawBufferPointer?
                for i in 0..<blocks[block].index.symbolCount {
                    let symbol = try blocks[block].index.symbol(at: i)
                    if let previous, compare(previous, symbol) >= 0 {
                        throw WireError(.malformed, "symbols are out of order at \(i)")
                    }
                    previous = symbol
                }
            } catch {
                throw TSDBError(error, file: blocks[block].index.path)
            }
        }
        do throws(WireError) {
            while true {
                var least: UnsafeRawBufferPointer?
                for block in blocks.indices where places[block] < blocks[block].index.symbolCount {
                    let symbol = try blocks[block].index.symbol(at: places[block])
                    if let known = least {
                        if compare(symbol, known) < 0 { least = symbol }
                    } else {
                        least = symbol
                    }
                }
                guard let least else { break }
                for block in blocks.indices where places[block] < blocks[block].index.symbolCount {
                    if equal(try blocks[block].index.symbol(at: places[block]), least) {
                        tables[block][places[block]] = UInt32(symbols.count)
                        places[block] += 1
                    }
                }
                symbols.append(Array(least))
            }
        } catch {
            throw TSDBError(error)
        }
        symbolTables = tables
        for block in blocks.indices {
            // Version 1 refers to symbols by offset.
            var byOffset: [UInt32: UInt32] = [:]
            if blocks[block].index.version == 1 {
                for i in 0..<blocks[block].index.symbolCount {
                    byOffset[blocks[block].index.symbolOffset(at: i)] = tables[block][i]
                }
            }
            symbolPlaces.append(byOffset)
        }
    }

    private func place(_ symbol: UInt32, _ block: Int) throws(WireError) -> UInt32 {
        if blocks[block].index.version == 1 {
            guard let place = symbolPlaces[block][symbol] else {
                throw WireError(.malformed, "unknown symbol \(symbol)")
            }
            return place
        }
        guard Int(symbol) < symbolTables[block].count else {
            throw WireError(.malformed, "unknown symbol \(symbol)")
        }
        return symbolTables[block][Int(symbol)]
    }

    // MARK: - Series

    private struct Cursor {
        var numbers: [UInt32]
        var next = 0
        var labels: [(name: UInt32, value: UInt32)] = []
        var chunks: [ChunkMeta] = []
        var isAtEnd = false
    }

    private func advance(_ cursor: inout Cursor, _ block: Int) throws(TSDBError) {
        guard cursor.next < cursor.numbers.count else {
            cursor.isAtEnd = true
            return
        }
        var labels: [(name: UInt32, value: UInt32)] = []
        do throws(WireError) {
            cursor.chunks = try blocks[block].index.series(cursor.numbers[cursor.next]) {
                (name, value) throws(WireError) in
                labels.append((try place(name, block), try place(value, block)))
            }
        } catch {
            throw TSDBError(error, file: blocks[block].index.path)
        }
        cursor.labels = labels
        cursor.next += 1
    }

    private static func order(_ a: [(name: UInt32, value: UInt32)], _ b: [(name: UInt32, value: UInt32)])
        -> Int
    {
        for i in 0..<min(a.count, b.count) {
            if a[i].name != b[i].name { return a[i].name < b[i].name ? -1 : 1 }
            if a[i].value != b[i].value { return a[i].value < b[i].value ? -1 : 1 }
        }
        return a.count - b.count
    }

    private struct Piece {
        var block: Int
        var number: UInt32
        var chunk: ChunkMeta
    }

    private func writeAll(to writer: inout BlockWriter, _ isCancelled: () -> Bool) throws(TSDBError) {
        var cursors: [Cursor] = []
        for block in blocks.indices {
            do throws(WireError) {
                cursors.append(Cursor(numbers: try blocks[block].index.allSeries()))
            } catch {
                throw TSDBError(error, file: blocks[block].index.path)
            }
            try advance(&cursors[block], block)
        }
        let builder = XORChunkBuilder(samplesPerChunk: samplesPerChunk)
        var columns = SampleColumns()
        var round = 0
        while true {
            round += 1
            if round % 1024 == 0, isCancelled() {
                throw TSDBError(.io, "cannot merge blocks: the storage is closing")
            }
            var least: Int?
            for block in blocks.indices where !cursors[block].isAtEnd {
                if let known = least, BlockMerge.order(cursors[known].labels, cursors[block].labels) <= 0 {
                    continue
                }
                least = block
            }
            guard let least else { return }
            let labels = cursors[least].labels
            var pieces: [Piece] = []
            for block in blocks.indices
            where !cursors[block].isAtEnd && BlockMerge.order(cursors[block].labels, labels) == 0 {
                let number = cursors[block].numbers[cursors[block].next - 1]
                for chunk in cursors[block].chunks {
                    pieces.append(Piece(block: block, number: number, chunk: chunk))
                }
                try advance(&cursors[block], block)
            }
            pieces.sort { ($0.chunk.minTime, $0.block) < ($1.chunk.minTime, $1.block) }
            try write(pieces, &columns, builder, to: &writer)
            do throws(DiskError) {
                try writer.endSeries(labels)
            } catch {
                throw TSDBError(error)
            }
        }
    }

    /// Copies the chunks of a series as they are, or writes them anew where they overlap or samples of
    /// them are deleted.
    private func write(
        _ pieces: [Piece], _ columns: inout SampleColumns, _ builder: borrowing XORChunkBuilder,
        to writer: inout BlockWriter
    ) throws(TSDBError) {
        var i = 0
        while i < pieces.count {
            var end = i + 1
            var maxTime = pieces[i].chunk.maxTime
            while end < pieces.count, pieces[end].chunk.minTime <= maxTime {
                maxTime = max(maxTime, pieces[end].chunk.maxTime)
                end += 1
            }
            let group = pieces[i..<end]
            let isTouched = group.contains { piece in
                tombstones[piece.block][piece.number].contains {
                    $0.minTime <= piece.chunk.maxTime && $0.maxTime >= piece.chunk.minTime
                }
            }
            if group.count == 1, !isTouched, let piece = group.first {
                let chunk = try blocks[piece.block].chunks.chunk(piece.chunk.reference)
                do throws(DiskError) {
                    try writer.addChunk(
                        chunk.encoding, chunk.bytes, minTime: piece.chunk.minTime,
                        maxTime: piece.chunk.maxTime)
                } catch {
                    throw TSDBError(error)
                }
            } else {
                try rewrite(group, &columns, builder, to: &writer)
            }
            i = end
        }
    }

    private func rewrite(
        _ group: ArraySlice<Piece>, _ columns: inout SampleColumns, _ builder: borrowing XORChunkBuilder,
        to writer: inout BlockWriter
    ) throws(TSDBError) {
        columns.removeAll()
        for piece in group {
            let before = columns.mark
            let chunk = try blocks[piece.block].chunks.chunk(piece.chunk.reference)
            do throws(WireError) {
                try ChunkDecoder.decode(
                    chunk.encoding, chunk.bytes, from: .min, through: .max, into: &columns)
            } catch {
                throw TSDBError(error, file: blocks[piece.block].path)
            }
            let deleted = tombstones[piece.block][piece.number]
            if !deleted.isEmpty { columns.remove(deleted, from: before) }
            columns.restoreOrder(from: ColumnMark(floats: 0, histograms: 0), second: before)
        }
        do throws(DiskError) {
            try writer.addSamples(columns, builder)
        } catch {
            throw TSDBError(error)
        }
    }
}

public import MetricModel
internal import Platform
public import StorageAPI
internal import Synchronization

/// Writes chosen samples of a database as blocks into another directory, for `tool tsdb export`. Memory:
/// the labels of the series of one block, and the samples of one of them.
public struct BlockExport: Sendable {
    /// Written, oldest first.
    public private(set) var blocks: [BlockSummary] = []
    /// What of the time is damaged, a sentence each.
    public private(set) var warnings: [String] = []

    /// Writes the blocks at once; when it fails, those that it made are removed.
    ///
    /// - Parameters:
    ///   - selectors: a series that passes all matchers of one of them is written; all series when there
    ///     are none.
    ///   - folder: made when it is missing. What is in it stays.
    ///   - maxBlockDuration: milliseconds that a block may span; the largest of two hours, six, eighteen …
    ///     that is not over it is taken.
    ///   - progress: told how much of the time is done, from 0 to 1.
    /// - Throws: `io`, `diskFull`, `corruption`.
    public init(
        _ database: Database, _ selectors: [[LabelMatcher]] = [], from start: Timestamp = .min,
        through end: Timestamp = .max, into folder: String, maxBlockDuration: Int64 = 24 * 3_600_000,
        progress: (Double) -> Void = { _ in }
    ) throws(StorageError) {
        guard folder != database.options.path else {
            throw StorageError(.io, "cannot export into \(folder): the samples come from there")
        }
        do throws(DiskError) {
            try database.disk.makeFolder(folder)
        } catch {
            throw StorageError(error, doing: "export into \(folder)")
        }
        let windows = BlockExport.windows(
            of: database, from: start, through: end,
            duration: BlockImport.blockDuration(upTo: maxBlockDuration))
        do throws(StorageError) {
            for (number, window) in windows.enumerated() {
                try write(window, of: database, selectors, into: folder)
                progress(Double(number + 1) / Double(windows.count))
            }
        } catch {
            for block in blocks { try? database.disk.remove(block.folder) }
            throw error
        }
    }

    /// The stretches of time, aligned and cut to the inclusive bounds, in which there may be samples.
    private static func windows(
        of database: Database, from start: Int64, through end: Int64, duration: Int64
    ) -> [ClosedRange<Int64>] {
        var times = database.blocks.withLock { $0.map(\.times) }
        if let head = database.head.times { times.append(head) }
        times.sort { $0.lowerBound < $1.lowerBound }
        var windows: [ClosedRange<Int64>] = []
        for range in times where range.lowerBound <= end && range.upperBound >= start {
            var next = max(range.lowerBound, start)
            if let last = windows.last?.upperBound, next <= last {
                if last == .max { break }
                next = last + 1
            }
            while next <= min(range.upperBound, end) {
                let window = aligned(next, duration)
                windows.append(max(window.lowerBound, start)...min(window.upperBound, end))
                if window.upperBound == .max { break }
                next = window.upperBound + 1
            }
        }
        return windows
    }

    /// The stretch that begins at a multiple of the duration and holds the time.
    private static func aligned(_ time: Int64, _ duration: Int64) -> ClosedRange<Int64> {
        let rest = time % duration
        let (first, underflow) = time.subtractingReportingOverflow(rest < 0 ? rest + duration : rest)
        if underflow { return .min...time }
        let (last, overflow) = first.addingReportingOverflow(duration - 1)
        return first...(overflow ? .max : last)
    }

    private mutating func write(
        _ window: ClosedRange<Int64>, of database: Database, _ selectors: [[LabelMatcher]],
        into folder: String
    ) throws(StorageError) {
        let (start, end) = (window.lowerBound, window.upperBound)
        let series = try ChosenSeries(
            try database.querier(from: start, through: end), selectors, from: start, through: end)
        defer {
            for warning in series.warnings where !warnings.contains(warning) { warnings.append(warning) }
        }
        if series.count == 0 { return }
        var places: [[UInt8]: UInt32] = [:]
        for index in 0..<series.count {
            for (name, value) in series.labels(at: index) {
                places[Array(name.utf8)] = 0
                places[Array(value.utf8)] = 0
            }
        }
        let symbols = places.keys.sorted { a, b in
            a.withUnsafeBytes { a in b.withUnsafeBytes { compare(a, $0) < 0 } }
        }
        for (place, symbol) in symbols.enumerated() { places[symbol] = UInt32(truncatingIfNeeded: place) }
        do throws(TSDBError) {
            let path = try BlockExport.write(
                series, symbols, places, of: database, from: start, through: end, into: folder)
            guard let path else { return }
            let size: Int64
            do throws(DiskError) { size = try database.disk.sizeOfTree(path) } catch {
                throw TSDBError(error)
            }
            blocks.append(
                BlockSummary(
                    try Block.readMeta(disk: database.disk, path: path), byteCount: size, folder: path))
        } catch {
            throw error.asStorageError
        }
    }

    private static func write(
        _ series: ChosenSeries, _ symbols: [[UInt8]], _ places: [[UInt8]: UInt32], of database: Database,
        from start: Int64, through end: Int64, into folder: String
    ) throws(TSDBError) -> String? {
        let ulid = ULID.make(now: database.clock.now())
        var meta = BlockMeta(ulid: ulid, minTime: start, maxTime: end == .max ? end : end + 1)
        meta.sources = [ulid]
        var writer: BlockWriter
        do throws(DiskError) {
            writer = try BlockWriter(disk: database.disk, folder: folder, meta: meta, symbols: symbols)
        } catch {
            throw TSDBError(error)
        }
        do throws(TSDBError) {
            try write(series, places, from: start, through: end, to: &writer)
        } catch {
            writer.abandon()
            throw error
        }
        do throws(DiskError) {
            return try writer.finish()
        } catch {
            // No server will open the folder and clean it.
            try? database.disk.remove(folder + "/" + ulid + BlockWriter.temporarySuffix)
            throw TSDBError(error)
        }
    }

    private static func write(
        _ series: ChosenSeries, _ places: [[UInt8]: UInt32], from start: Int64, through end: Int64,
        to writer: inout BlockWriter
    ) throws(TSDBError) {
        let builder = XORChunkBuilder(samplesPerChunk: BlockImport.samplesPerChunk)
        var columns = SampleColumns()
        for index in 0..<series.count {
            columns.removeAll()
            do throws(StorageError) {
                try series.read(index, from: start, through: end, into: &columns)
            } catch {
                throw TSDBError(error.kind == .corruption ? .corruption : .io, error.message)
            }
            do throws(DiskError) {
                try writer.addSamples(columns, builder)
                try writer.endSeries(
                    series.labels(at: index).pairs.map { pair in
                        (places[Array(pair.name.utf8)] ?? 0, places[Array(pair.value.utf8)] ?? 0)
                    })
            } catch {
                throw TSDBError(error)
            }
        }
    }
}

internal import MetricModel
internal import Platform
internal import StorageAPI

/// Writes late samples as blocks, one for each block range that they touch.
struct LateExport {
    let head: Head
    /// By reference.
    let samples: [UInt32: OutOfOrderSide]

    /// Returns the paths of the blocks.
    func write(disk: any Disk, folder: String, now: Int64) throws(TSDBError) -> [String] {
        var series: [(labels: Labels, side: OutOfOrderSide)] = []
        for (reference, side) in samples {
            let labels: Labels = head.stateLock.withReadLock {
                head.store.pointee.slot(of: UInt64(reference)).map { head.labels($0) } ?? .empty
            }
            if !labels.isEmpty { series.append((labels, side)) }
        }
        series.sort { $0.labels < $1.labels }
        var ends: Set<Int64> = []
        for item in series {
            for time in item.side.columns.timestamps + item.side.columns.histogramTimestamps {
                ends.insert(head.rangeEnd(time))
            }
        }
        var paths: [String] = []
        for end in ends.sorted() {
            if let path = try write(series, end - head.options.chunkRange, end, disk, folder, now) {
                paths.append(path)
            }
        }
        return paths
    }

    private func write(
        _ series: [(labels: Labels, side: OutOfOrderSide)], _ start: Int64, _ end: Int64, _ disk: any Disk,
        _ folder: String, _ now: Int64
    ) throws(TSDBError) -> String? {
        let chosen = series.filter { $0.side.samples(from: start, through: end - 1).count > 0 }
        var texts: Set<[UInt8]> = []
        for item in chosen {
            for (name, value) in item.labels { texts.formUnion([Array(name.utf8), Array(value.utf8)]) }
        }
        let symbols = texts.sorted { a, b in
            a.withUnsafeBytes { a in b.withUnsafeBytes { compare(a, $0) < 0 } }
        }
        var places: [[UInt8]: UInt32] = [:]
        for (place, text) in symbols.enumerated() { places[text] = UInt32(place) }
        var meta = BlockMeta(ulid: ULID.make(now: now), minTime: start, maxTime: end)
        meta.sources = [meta.ulid]
        meta.hints = [BlockMeta.outOfOrderHint]
        do throws(DiskError) {
            var writer = try BlockWriter(disk: disk, folder: folder, meta: meta, symbols: symbols)
            do throws(DiskError) {
                let builder = XORChunkBuilder(samplesPerChunk: head.options.samplesPerChunk)
                for item in chosen {
                    try writer.addSamples(item.side.samples(from: start, through: end - 1), builder)
                    try writer.endSeries(
                        item.labels.pairs.map { pair in
                            (places[Array(pair.name.utf8)] ?? 0, places[Array(pair.value.utf8)] ?? 0)
                        })
                }
            } catch {
                writer.abandon()
                throw error
            }
            return try writer.finish()
        } catch {
            throw TSDBError(error)
        }
    }
}

internal import MetricModel
internal import StorageAPI
internal import Wire

/// A checked histogram of a batch.
struct AcceptedHistogram {
    var slot: UInt32
    var reference: UInt64
    var time: Int64
    /// Milliseconds since 1970, 0 = not known.
    var start: Int64 = 0
    var histogram: FloatHistogram
}

extension Head {
    /// The most histograms that stay uncoded in memory for a series.
    private static let openHistogramsMax = 120

    /// Finds the slot of each histogram that is to be stored; `floats` are the slots of the same batch.
    func checkHistograms(
        _ batch: borrowing SampleBatch, _ bounds: AppendableTimes, _ result: inout AppendResult
    ) -> [AcceptedHistogram] {
        var accepted: [AcceptedHistogram] = []
        if batch.histogramSeries.isEmpty { return accepted }
        let starts = options.keepsStartTimestamps ? batch.histogramStartTimestamps : []
        var newest: [UInt32: Int64] = [:]
        for i in 0..<batch.count where scratch.slots[i] != AppendScratch.skipped {
            newest[scratch.slots[i]] = max(newest[scratch.slots[i]] ?? .min, batch.timestamps[i])
        }
        for i in batch.histogramSeries.indices {
            let index = batch.count + i
            let reference = batch.histogramSeries[i].number
            guard let slot = store.pointee.slot(of: reference) else {
                result.refused.append((index, .unknownSeries))
                continue
            }
            let time = batch.histogramTimestamps[i]
            let start = i < starts.count ? starts[i] : 0
            let known = newest[UInt32(slot)]
            let lastTime = known ?? store.pointee.records[slot].pointee.lastTime
            if time > bounds.last {
                result.refused.append((index, .tooFarAhead))
            } else if options.outOfOrderWindow > 0, time < bounds.first || time < lastTime {
                let histogram = batch.histograms[i]
                if let refusal = refusalOfLate(slot, time, .histogram(histogram), newest: bounds.newest) {
                    result.refused.append((index, refusal))
                } else {
                    scratch.lateHistograms.append(
                        AcceptedHistogram(
                            slot: UInt32(slot), reference: reference, time: time, start: start,
                            histogram: histogram))
                    result.storedCount += 1
                }
            } else if time < bounds.first {
                result.refused.append((index, .outOfBounds))
            } else if time > lastTime {
                newest[UInt32(slot)] = time
                accepted.append(
                    AcceptedHistogram(
                        slot: UInt32(slot), reference: reference, time: time, start: start,
                        histogram: batch.histograms[i]))
                result.storedCount += 1
            } else if time == lastTime {
                let last = store.pointee.histograms[UInt32(slot)]?.histograms.last
                if known == nil, let last, last.hasSameContent(as: batch.histograms[i]) {
                    result.storedCount += 1
                } else {
                    result.refused.append((index, .duplicateTimestamp))
                }
            } else {
                result.refused.append((index, .outOfOrder))
            }
        }
        return accepted
    }

    /// Adds a histogram newer than all other samples of its series. Under both locks.
    ///
    /// - Parameter start: the start timestamp, 0 = not known.
    func store(_ time: Int64, _ histogram: FloatHistogram, start: Int64, in slot: Int) {
        let record = store.pointee.records[slot]
        if record.pointee.sampleCount > 0 { finishChunk(record, slot) }
        if let side = store.pointee.histograms[UInt32(slot)],
            time >= side.nextCut || side.times.count >= Head.openHistogramsMax
        {
            finishHistograms(slot)
        }
        if store.pointee.histograms[UInt32(slot)] == nil {
            store.pointee.histograms[UInt32(slot)] = HistogramSide(nextCut: rangeEnd(time))
            store.pointee.openChunkCount += 1
            store.pointee.counters.chunksCreated += 1
        }
        store.pointee.histograms[UInt32(slot)]?.append(time, histogram, start: start)
        record.pointee.lastTime = time
        record.pointee.flags |= SeriesRecord.hasSide | SeriesRecord.unknownLastValue
    }

    static let openHistogramBuilder = HistogramChunkBuilder(samplesPerChunk: openHistogramsMax)

    /// Hands the open histograms of a series to the files of full chunks.
    func finishHistograms(_ slot: Int) {
        let record = store.pointee.records[slot]
        record.pointee.flags &= ~SeriesRecord.hasSide
        guard let side = store.pointee.histograms.removeValue(forKey: UInt32(slot)) else { return }
        store.pointee.openChunkCount -= 1
        for chunk in Head.openHistogramBuilder.encode(side.times, side.histograms, starts: side.starts) {
            appendFullChunk(chunk, of: slot)
        }
    }

    /// Hands a chunk to the files of full chunks. Under both locks.
    func appendFullChunk(_ chunk: HistogramChunkBuilder.Chunk, of slot: Int) {
        let record = store.pointee.records[slot]
        chunk.bytes.withUnsafeBytes { bytes in
            let entry = store.pointee.files.append(
                reference: record.pointee.reference, minTime: chunk.minTime, maxTime: chunk.maxTime,
                encoding: chunk.encoding, bytes)
            store.pointee.fullChunks.append(entry, to: &record.pointee.fullChunks)
        }
    }
}

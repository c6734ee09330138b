internal import MetricModel
internal import StorageAPI
internal import Wire

extension Head {
    /// Gives the newest sample of an open float chunk its start timestamp. Under both locks.
    @inline(never)
    func noteStart(_ start: Int64, in slot: Int) {
        let record = store.pointee.records[slot]
        guard start != 0, record.pointee.sampleCount > 0 else { return }
        record.pointee.flags |= SeriesRecord.hasStarts
        store.pointee.starts[UInt32(slot), default: StartTimeRuns()]
            .note(start, at: Int(record.pointee.sampleCount) - 1)
    }

    /// The start timestamps of an open float chunk, one a sample; none at all when it has none. Under either lock.
    func openStarts(_ slot: Int) -> [Int64] {
        let record = store.pointee.records[slot]
        guard record.pointee.flags & SeriesRecord.hasStarts != 0 else { return [] }
        return store.pointee.starts[UInt32(slot)]?.expanded(Int(record.pointee.sampleCount)) ?? []
    }

    /// Forgets the start timestamps of an open float chunk that goes. Under both locks.
    @inline(__always)
    func dropStarts(_ slot: Int) {
        let record = store.pointee.records[slot]
        guard record.pointee.flags & SeriesRecord.hasStarts != 0 else { return }
        record.pointee.flags &= ~SeriesRecord.hasStarts
        store.pointee.starts[UInt32(slot)] = nil
    }

    /// Writes the record of the floats of a batch that has start timestamps.
    static func encodeSamplesWithStarts(
        _ batch: BatchColumns, _ slots: UnsafeBufferPointer<UInt32>, into record: inout ByteBuffer
    ) {
        record.removeAll()
        record.reserve(1 + batch.count * 39)
        record.append(WALRecord.Kind.samplesV2.rawValue)
        var heads = WALStartTimeWriter()
        for i in 0..<batch.count where slots[i] != AppendScratch.skipped {
            heads.put(batch.series[i].number, batch.times[i], batch.start(i), to: &record)
            record.appendBigEndian(batch.values[i].bitPattern)
        }
    }

    /// An open float chunk in the encoding that has room for start timestamps.
    ///
    /// - Parameters:
    ///   - bytes: an XOR chunk that appending made.
    ///   - starts: one a sample.
    static func chunk(_ bytes: UnsafeRawBufferPointer, with starts: [Int64]) -> [UInt8] {
        var columns = SampleColumns()
        do throws(WireError) {
            try decode(bytes, starts, from: .min, through: .max, into: &columns)
        } catch {
            preconditionFailure("BUG: an open chunk cannot be read: \(error.message)")
        }
        return XOR2Chunk.encode(columns)
    }

    /// Appends the samples of an open float chunk between the inclusive bounds.
    ///
    /// - Parameter starts: one a sample.
    static func decode(
        _ bytes: UnsafeRawBufferPointer, _ starts: [Int64], from start: Int64, through end: Int64,
        into columns: inout SampleColumns
    ) throws(WireError) {
        var place = 0
        try XORChunkReader.decode(bytes, from: .min, through: end) { times, values in
            for i in times.indices {
                if times[i] >= start {
                    columns.append(times[i], values[i], start: place < starts.count ? starts[place] : 0)
                }
                place += 1
            }
        }
    }
}

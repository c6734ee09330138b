internal import MetricModel
internal import Wire

/// Encodes native histograms as chunks, integer ones with encoding 2, others with 3; with 5 and 6 where samples have start
/// timestamps. A new chunk begins where the kind or the layout of buckets changes, a counter resets or the target count is reached.
struct HistogramChunkBuilder {
    let samplesPerChunk: Int

    struct Chunk {
        var encoding: UInt8
        var bytes: [UInt8]
        var minTime: Int64
        var maxTime: Int64
    }

    /// - Parameters:
    ///   - times: as many as histograms, ascending.
    ///   - starts: start timestamps, 0 = not known; as many, or none.
    func encode(_ times: [Int64], _ histograms: [FloatHistogram], starts: [Int64] = []) -> [Chunk] {
        var chunks: [Chunk] = []
        let areIntegers = histograms.map(\.hasIntegerCounts)
        var start = 0
        while start < times.count {
            var end = start + 1
            while end < times.count, end - start < samplesPerChunk, belongs(histograms, start, end),
                areIntegers[start] == areIntegers[end] || histograms[end].isStaleMarker
            {
                end += 1
            }
            let own = starts.count >= end && starts[start..<end].contains { $0 != 0 } ? starts : []
            chunks.append(encode(times, histograms, own, start..<end, areIntegers: areIntegers[start]))
            start = end
        }
        return chunks
    }

    /// Whether the sample at `place` can stand in a chunk that began at `start`.
    private func belongs(_ histograms: [FloatHistogram], _ start: Int, _ place: Int) -> Bool {
        let first = histograms[start]
        let next = histograms[place]
        // A marker has no buckets of its own; behind it the layout begins anew.
        if histograms[place - 1].isStaleMarker { return false }
        if next.isStaleMarker { return true }
        let isGauge = first.counterResetHint == .gauge
        guard next.schema == first.schema, next.zeroThreshold == first.zeroThreshold,
            next.positiveSpans == first.positiveSpans, next.negativeSpans == first.negativeSpans,
            next.customValues == first.customValues, (next.counterResetHint == .gauge) == isGauge
        else { return false }
        return isGauge || (next.counterResetHint != .reset && !next.isReset(since: histograms[place - 1]))
    }

    private func encode(
        _ times: [Int64], _ histograms: [FloatHistogram], _ starts: [Int64], _ range: Range<Int>,
        areIntegers: Bool
    ) -> Chunk {
        let encoding: ChunkEncoding =
            starts.isEmpty
            ? (areIntegers ? .histogram : .floatHistogram)
            : (areIntegers ? .histogramST : .floatHistogramST)
        var first = histograms[range.lowerBound]
        if first.isStaleMarker {
            first = FloatHistogram(schema: 0)
            first.sum = .staleMarker
        }
        let bucketCount = first.positiveBuckets.count + first.negativeBuckets.count
        // The worst case of each part, in bytes.
        let room =
            64 + 20 * (first.positiveSpans.count + first.negativeSpans.count) + 10 * first.customValues.count
            + range.count * (bucketCount + 5) * 10 + BitWriter.slack
        return withUnsafeTemporaryAllocation(byteCount: room, alignment: 8) { buffer in
            guard let base = buffer.baseAddress else {
                return Chunk(encoding: encoding.rawValue, bytes: [], minTime: 0, maxTime: 0)
            }
            let flags: UInt8 =
                switch first.counterResetHint {
                case .gauge: 0b1100_0000
                case .reset: 0b1000_0000
                case .notReset: 0b0100_0000
                case .unknown: 0
                }
            var startTimes = StartTimes(values: starts)
            var position = HistogramChunkReader.headerBytes * 8
            putLayout(first, at: &position, in: base)
            if areIntegers {
                putIntegers(times, histograms, &startTimes, first, range, at: &position, in: base)
            } else {
                putSamples(times, histograms, &startTimes, first, range, at: &position, in: base)
            }
            // With start timestamps the flags stand above the count.
            let count = UInt16(range.count) | (starts.isEmpty ? 0 : UInt16(flags) << 8)
            base.storeBytes(of: count.bigEndian, as: UInt16.self)
            base.storeBytes(
                of: starts.isEmpty ? flags : startTimes.writer.header, toByteOffset: 2, as: UInt8.self)
            return Chunk(
                encoding: encoding.rawValue,
                bytes: Array(UnsafeRawBufferPointer(start: base, count: (position + 7) / 8)),
                minTime: times[range.lowerBound], maxTime: times[range.upperBound - 1])
        }
    }

    /// The start timestamps of the samples, or none, and how far they are written.
    private struct StartTimes {
        let values: [Int64]
        var writer = StartTimeWriter()

        mutating func put(
            _ place: Int, _ range: Range<Int>, _ times: [Int64], at position: inout Int,
            in base: UnsafeMutableRawPointer
        ) {
            if values.isEmpty { return }
            let previous = place > range.lowerBound ? times[place - 1] : 0
            writer.put(
                place - range.lowerBound, values[place], time: times[place], previous: previous,
                at: &position,
                in: base)
        }
    }

    private func putLayout(_ first: FloatHistogram, at position: inout Int, in base: UnsafeMutableRawPointer)
    {
        let threshold = first.zeroThreshold
        if threshold == 0 {
            BitWriter.put(0, count: 8, at: &position, in: base)
        } else if threshold.significand == 1, threshold > 0, (-243...10).contains(threshold.exponent) {
            BitWriter.put(UInt64(threshold.exponent + 244), count: 8, at: &position, in: base)
        } else {
            BitWriter.put(255, count: 8, at: &position, in: base)
            BitWriter.put(threshold.bitPattern, count: 64, at: &position, in: base)
        }
        Varbit.putSigned(Int64(first.schema), at: &position, in: base)
        for spans in [first.positiveSpans, first.negativeSpans] {
            Varbit.putUnsigned(UInt64(spans.count), at: &position, in: base)
            for span in spans {
                Varbit.putUnsigned(UInt64(span.length), at: &position, in: base)
                Varbit.putSigned(Int64(span.offset), at: &position, in: base)
            }
        }
        guard first.usesCustomBuckets else { return }
        Varbit.putUnsigned(UInt64(first.customValues.count), at: &position, in: base)
        for bound in first.customValues {
            let thousandfold = bound * 1000
            let whole = thousandfold.rounded()
            if thousandfold >= 0, thousandfold <= 33_554_430, whole / 1000 == bound {
                Varbit.putUnsigned(UInt64(whole) + 1, at: &position, in: base)
            } else {
                BitWriter.put(0, count: 1, at: &position, in: base)
                BitWriter.put(bound.bitPattern, count: 64, at: &position, in: base)
            }
        }
    }

    private func putSamples(
        _ times: [Int64], _ histograms: [FloatHistogram], _ starts: inout StartTimes, _ first: FloatHistogram,
        _ range: Range<Int>,
        at position: inout Int, in base: UnsafeMutableRawPointer
    ) {
        var count = XORValue(first.count)
        var zeros = XORValue(first.zeroCount)
        var sum = XORValue(first.sum)
        var buckets = (first.positiveBuckets + first.negativeBuckets).map { XORValue($0) }
        Varbit.putSigned(times[range.lowerBound], at: &position, in: base)
        for value in [count, zeros, sum] + buckets {
            BitWriter.put(value.value, count: 64, at: &position, in: base)
        }
        starts.put(range.lowerBound, range, times, at: &position, in: base)
        var delta: Int64 = 0
        for i in range.dropFirst() {
            let histogram = histograms[i]
            let isStale = histogram.isStaleMarker
            let newDelta = times[i] &- times[i - 1]
            Varbit.putSigned(newDelta &- delta, at: &position, in: base)
            delta = newDelta
            count.put(isStale ? 0 : histogram.count, at: &position, in: base)
            zeros.put(isStale ? 0 : histogram.zeroCount, at: &position, in: base)
            sum.put(histogram.sum, at: &position, in: base)
            if !isStale {
                let values = histogram.positiveBuckets + histogram.negativeBuckets
                for j in buckets.indices where j < values.count {
                    buckets[j].put(values[j], at: &position, in: base)
                }
            }
            starts.put(i, range, times, at: &position, in: base)
        }
    }

    /// All numbers but the sum as differences of differences; buckets as differences to the one before,
    /// each side by itself.
    private func putIntegers(
        _ times: [Int64], _ histograms: [FloatHistogram], _ starts: inout StartTimes, _ first: FloatHistogram,
        _ range: Range<Int>,
        at position: inout Int, in base: UnsafeMutableRawPointer
    ) {
        var sum = XORValue(first.sum)
        var last = HistogramChunkBuilder.integers(of: first)
        var deltas = [Int64](repeating: 0, count: last.count)
        Varbit.putSigned(times[range.lowerBound], at: &position, in: base)
        for i in 0..<2 { Varbit.putUnsigned(UInt64(bitPattern: last[i]), at: &position, in: base) }
        BitWriter.put(sum.value, count: 64, at: &position, in: base)
        for i in 2..<last.count { Varbit.putSigned(last[i], at: &position, in: base) }
        starts.put(range.lowerBound, range, times, at: &position, in: base)
        var timeDelta: Int64 = 0
        for i in range.dropFirst() {
            let histogram = histograms[i]
            let newDelta = times[i] &- times[i - 1]
            Varbit.putSigned(newDelta &- timeDelta, at: &position, in: base)
            timeDelta = newDelta
            if histogram.isStaleMarker {
                for _ in 0..<2 { Varbit.putSigned(0, at: &position, in: base) }
                sum.put(histogram.sum, at: &position, in: base)
                starts.put(i, range, times, at: &position, in: base)
                continue
            }
            let values = HistogramChunkBuilder.integers(of: histogram)
            for j in 0..<min(values.count, last.count) {
                if j == 2 { sum.put(histogram.sum, at: &position, in: base) }
                let delta = values[j] &- last[j]
                Varbit.putSigned(delta &- deltas[j], at: &position, in: base)
                deltas[j] = delta
                last[j] = values[j]
            }
            if last.count == 2 { sum.put(histogram.sum, at: &position, in: base) }
            starts.put(i, range, times, at: &position, in: base)
        }
    }

    /// Count, zero count, then the differences of the buckets.
    private static func integers(of histogram: FloatHistogram) -> [Int64] {
        var result = [histogram.count, histogram.zeroCount].map { Int64(exactly: $0) ?? 0 }
        for buckets in [histogram.positiveBuckets, histogram.negativeBuckets] {
            var before: Int64 = 0
            for bucket in buckets {
                let count = Int64(exactly: bucket) ?? 0
                result.append(count &- before)
                before = count
            }
        }
        return result
    }
}

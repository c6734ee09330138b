internal import StorageAPI
internal import Wire

/// Decodes a chunk of any known encoding into columns.
enum ChunkDecoder {
    /// Appends the samples between the inclusive bounds.
    ///
    /// - Throws: `malformed` (also for an encoding that is not known), `truncated`.
    static func decode(
        _ encoding: UInt8, _ bytes: UnsafeRawBufferPointer, from start: Int64, through end: Int64,
        into columns: inout SampleColumns
    ) throws(WireError) {
        switch ChunkEncoding(rawValue: encoding) {
        case .xor:
            try XORChunkReader.decode(bytes, from: start, through: end, into: &columns)
        case .xor2:
            var reader = try XOR2ChunkReader(bytes)
            while let sample = try reader.next() {
                if sample.time > end { return }
                if sample.time >= start { columns.append(sample.time, sample.value, start: sample.start) }
            }
        case .histogram, .floatHistogram, .histogramST, .floatHistogramST:
            var reader = try HistogramChunkReader(
                bytes,
                isFloat: encoding == ChunkEncoding.floatHistogram.rawValue
                    || encoding == ChunkEncoding.floatHistogramST.rawValue,
                hasStartTimes: encoding >= ChunkEncoding.histogramST.rawValue)
            while let sample = try reader.next() {
                if sample.time > end { return }
                if sample.time >= start { columns.append(sample.time, sample.histogram, start: sample.start) }
            }
        case nil:
            throw WireError(.malformed, "cannot read a chunk: its encoding \(encoding) is not supported")
        }
    }
}

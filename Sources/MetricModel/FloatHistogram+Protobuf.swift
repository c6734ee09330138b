package import Wire

/// What the histograms of Prometheus' scrape format (`io.prometheus.client`) and of its remote formats (`prometheus`) have in
/// common.
extension FloatHistogram.Span {
    /// Reads a `BucketSpan`.
    ///
    /// - Throws: `truncated`, `malformed`.
    package init(protobuf message: UnsafeRawBufferPointer) throws(WireError) {
        self.init(offset: 0, length: 0)
        var reader = ProtobufReader(message)
        while let field = try reader.next() {
            switch field.number {
            case 1: offset = Int32(truncatingIfNeeded: try reader.signedVarint())
            case 2: length = UInt32(truncatingIfNeeded: try reader.varint())
            default: try reader.skip()
            }
        }
    }
}

extension FloatHistogram {
    /// The counts of buckets that are given as differences to the bucket before.
    package static func counts(ofDeltas deltas: [Int64]) -> [Double] {
        var count: Int64 = 0
        return deltas.map { delta in
            count &+= delta
            return Double(count)
        }
    }
}

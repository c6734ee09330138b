internal import MetricModel
internal import StorageAPI
internal import Wire

/// Records of exemplars: type 4.
extension WALRecord {
    static func encodeExemplars(_ samples: [AcceptedExemplar], into buffer: inout ByteBuffer) {
        if samples.isEmpty { return }
        buffer.append(Kind.exemplars.rawValue)
        appendExemplars(samples[...], to: &buffer)
    }

    /// What stands behind the type byte.
    static func appendExemplars(_ samples: ArraySlice<AcceptedExemplar>, to buffer: inout ByteBuffer) {
        guard let first = samples.first else { return }
        buffer.appendBigEndian(first.reference)
        buffer.appendBigEndian(first.exemplar.timestamp)
        for sample in samples {
            buffer.appendSignedVarint(Int64(bitPattern: sample.reference &- first.reference))
            buffer.appendSignedVarint(sample.exemplar.timestamp &- first.exemplar.timestamp)
            buffer.appendBigEndian(sample.exemplar.value.bitPattern)
            let pairs = Array(sample.exemplar.labels)
            buffer.appendUnsignedVarint(UInt64(pairs.count))
            for (name, value) in pairs {
                for text in [name, value] {
                    Array(text.utf8).withUnsafeBytes { buffer.appendLengthPrefixed($0) }
                }
            }
        }
    }

    /// Reads a record of type 4 whose type byte has been read.
    static func readExemplars(
        _ reader: inout ByteReader, _ body: (UInt64, Exemplar) -> Void
    ) throws(WireError) {
        if reader.isAtEnd { return }
        let firstReference = try reader.bigEndian64()
        let firstTime = Int64(bitPattern: try reader.bigEndian64())
        while !reader.isAtEnd {
            let reference = firstReference &+ UInt64(bitPattern: try reader.signedVarint())
            let time = firstTime &+ (try reader.signedVarint())
            let value = Double(bitPattern: try reader.bigEndian64())
            body(reference, Exemplar(labels: try readLabels(&reader), value: value, timestamp: time))
        }
    }

    /// Copies what a record of exemplars has from `minTime` on.
    static func filterExemplars(
        _ record: UnsafeRawBufferPointer, from minTime: Int64, into output: inout ByteBuffer
    ) throws(WireError) {
        var reader = ByteReader(record)
        _ = try reader.byte()
        var kept: [AcceptedExemplar] = []
        try readExemplars(&reader) { reference, exemplar in
            guard exemplar.timestamp >= minTime else { return }
            kept.append(AcceptedExemplar(reference: reference, labels: .empty, exemplar: exemplar))
        }
        encodeExemplars(kept, into: &output)
    }
}

import MetricModel
import StorageAPI
import Wire

/// Writes remote write requests as senders do.
enum RemoteMessages {
    struct Series {
        var labels: [(String, String)]
        var samples: [(Int64, Double)] = []
        /// Count, sum, and deltas of positive buckets that follow each other from index 0.
        var histogram: (time: Int64, count: UInt64, sum: Double, deltas: [Int64])?
        /// With one label `trace_id`.
        var exemplar: (time: Int64, value: Double, trace: String)?
        /// Only version 2 tells it with the series.
        var metadata: SeriesMetadata?
        /// Of all its samples; 0 for none.
        var start: Int64 = 0
    }

    static func block(_ message: borrowing ByteBuffer) -> [UInt8] {
        var compressed = ByteBuffer()
        Snappy.compress(message.bytes, into: &compressed)
        return Array(compressed.bytes)
    }

    static func version1(_ all: [Series]) -> [UInt8] {
        var request = ByteBuffer()
        for series in all {
            request.appendProtobuf(1) { message in
                for (name, value) in series.labels {
                    message.appendProtobuf(1) { pair in
                        pair.appendProtobuf(1, string: name)
                        pair.appendProtobuf(2, string: value)
                    }
                }
                write(series, samples: 2, histograms: 4, to: &message)
                guard let exemplar = series.exemplar else { return }
                message.appendProtobuf(3) { part in
                    part.appendProtobuf(1) { pair in
                        pair.appendProtobuf(1, string: "trace_id")
                        pair.appendProtobuf(2, string: exemplar.trace)
                    }
                    part.appendProtobuf(2, double: exemplar.value)
                    part.appendProtobuf(3, varint: UInt64(bitPattern: exemplar.time))
                }
            }
        }
        // Metadata, which may come with samples.
        request.appendProtobuf(3) { $0.appendProtobuf(2, string: "a") }
        return block(request)
    }

    static func version2(_ all: [Series]) -> [UInt8] {
        var symbols = [""]
        func reference(_ text: String) -> UInt64 {
            if let index = symbols.firstIndex(of: text) { return UInt64(index) }
            symbols.append(text)
            return UInt64(symbols.count - 1)
        }
        var messages = ByteBuffer()
        for series in all {
            messages.appendProtobuf(5) { message in
                message.appendProtobuf(1) { packed in
                    for (name, value) in series.labels {
                        packed.appendUnsignedVarint(reference(name))
                        packed.appendUnsignedVarint(reference(value))
                    }
                }
                write(series, samples: 2, histograms: 3, to: &message)
                if let metadata = series.metadata {
                    message.appendProtobuf(5) { part in
                        part.appendProtobuf(1, varint: UInt64(metadata.kind.rawValue))
                        part.appendProtobuf(3, varint: reference(metadata.help))
                        part.appendProtobuf(4, varint: reference(metadata.unit))
                    }
                }
                guard let exemplar = series.exemplar else { return }
                message.appendProtobuf(4) { part in
                    part.appendProtobuf(1) { packed in
                        packed.appendUnsignedVarint(reference("trace_id"))
                        packed.appendUnsignedVarint(reference(exemplar.trace))
                    }
                    part.appendProtobuf(2, double: exemplar.value)
                    part.appendProtobuf(3, varint: UInt64(bitPattern: exemplar.time))
                }
            }
        }
        var request = ByteBuffer()
        for symbol in symbols { request.appendProtobuf(4, string: symbol) }
        request.append(messages.bytes)
        return block(request)
    }

    private static func write(_ series: Series, samples: Int, histograms: Int, to message: inout ByteBuffer) {
        for (time, value) in series.samples {
            message.appendProtobuf(samples) { sample in
                sample.appendProtobuf(1, double: value)
                sample.appendProtobuf(2, varint: UInt64(bitPattern: time))
                if series.start != 0 { sample.appendProtobuf(3, varint: UInt64(bitPattern: series.start)) }
            }
        }
        guard let histogram = series.histogram else { return }
        message.appendProtobuf(histograms) { message in
            message.appendProtobuf(1, varint: histogram.count)
            message.appendProtobuf(3, double: histogram.sum)
            message.appendProtobuf(4, signedVarint: 1)
            message.appendProtobuf(5, double: 0.001)
            message.appendProtobuf(11) { span in
                span.appendProtobuf(1, signedVarint: 0)
                span.appendProtobuf(2, varint: UInt64(histogram.deltas.count))
            }
            message.appendProtobuf(12) { packed in
                for delta in histogram.deltas { packed.appendSignedVarint(delta) }
            }
            message.appendProtobuf(15, varint: UInt64(bitPattern: histogram.time))
            if series.start != 0 { message.appendProtobuf(17, varint: UInt64(bitPattern: series.start)) }
        }
    }
}

import MetricModel
import Wire

extension ProtobufBody {
    /// The exemplars in one field of a message.
    mutating func readExemplars(
        _ number: Int, of message: UnsafeRawBufferPointer, _ suffix: String, _ labels: [UInt8]
    ) throws(WireError) {
        var reader = ProtobufReader(message)
        while let field = try reader.next() {
            guard field.number == number else { continue }
            var series: [UInt8] = []
            ProtobufBody.appendSeries(family.name, suffix, labels, to: &series)
            add(try ProtobufBody.exemplar(try reader.bytes(), series))
        }
    }

    /// The exemplars of the classic buckets of a histogram.
    mutating func readBucketExemplars(
        _ message: UnsafeRawBufferPointer, _ bounds: [Double], _ labels: [UInt8]
    ) throws(WireError) {
        var next = 0
        var reader = ProtobufReader(message)
        while let field = try reader.next() {
            guard field.number == 3 else { continue }
            let bucket = try reader.bytes()
            guard next < bounds.count else { return }
            try readExemplars(3, of: bucket, "_bucket", ProtobufBody.with(labels, "le", bounds[next]))
            next += 1
        }
    }

    /// The exemplars of a native histogram: those of its own, or those of its classic buckets when it has
    /// none. Only those with a time count, as nothing tells them apart otherwise.
    mutating func readNativeExemplars(_ message: UnsafeRawBufferPointer, _ series: [UInt8])
        throws(WireError)
    {
        var own: [Exemplar] = []
        var ofBuckets: [Exemplar] = []
        var reader = ProtobufReader(message)
        while let field = try reader.next() {
            switch field.number {
            case 16: own.append(try ProtobufBody.exemplar(try reader.bytes(), series))
            case 3:
                var bucket = ProtobufReader(try reader.bytes())
                while let field = try bucket.next() {
                    guard field.number == 3 else { continue }
                    ofBuckets.append(try ProtobufBody.exemplar(try bucket.bytes(), series))
                }
            default: try reader.skip()
            }
        }
        let chosen = (own.isEmpty ? ofBuckets : own).filter { $0.timestamp != nil }
        for exemplar in chosen.sorted(by: { ($0.timestamp ?? 0, $0.value) < ($1.timestamp ?? 0, $1.value) }) {
            add(exemplar)
        }
    }

    private static func exemplar(_ message: UnsafeRawBufferPointer, _ series: [UInt8])
        throws(WireError) -> Exemplar
    {
        var builder = LabelsBuilder()
        var exemplar = Exemplar(series: series, labels: .empty, value: 0, timestamp: nil)
        var reader = ProtobufReader(message)
        while let field = try reader.next() {
            switch field.number {
            case 1:
                var name = ""
                var value = ""
                var pair = ProtobufReader(try reader.bytes())
                while let field = try pair.next() {
                    switch field.number {
                    case 1: name = try pair.string()
                    case 2: value = try pair.string()
                    default: try pair.skip()
                    }
                }
                guard max(name.utf8.count, value.utf8.count) <= Labels.stringLengthMax else {
                    throw WireError(.tooLarge, "a label of an exemplar is too long")
                }
                builder.set(name, value)
            case 2: exemplar.value = try reader.double()
            case 3: exemplar.timestamp = try timestamp(try reader.bytes())
            default: try reader.skip()
            }
        }
        exemplar.labels = builder.labels()
        return exemplar
    }

    /// `google.protobuf.Timestamp` in milliseconds.
    /// When a metric began, 0 = not known.
    static func start(of metric: UnsafeRawBufferPointer) throws(WireError) -> Timestamp {
        var start: Timestamp = 0
        var reader = ProtobufReader(metric)
        while let field = try reader.next() {
            let number: Int
            switch field.number {
            // Counter, summary, histogram.
            case 3: number = 3
            case 4: number = 4
            case 7: number = 15
            default: continue
            }
            var part = ProtobufReader(try reader.bytes())
            while let field = try part.next() {
                if field.number == number { start = try timestamp(try part.bytes()) }
            }
        }
        return start
    }

    private static func timestamp(_ message: UnsafeRawBufferPointer) throws(WireError) -> Timestamp {
        var seconds: Int64 = 0
        var nanoseconds: Int64 = 0
        var reader = ProtobufReader(message)
        while let field = try reader.next() {
            switch field.number {
            case 1: seconds = Int64(bitPattern: try reader.varint())
            case 2: nanoseconds = Int64(bitPattern: try reader.varint())
            default: try reader.skip()
            }
        }
        let (milliseconds, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        guard !overflow, (0..<1_000_000_000).contains(nanoseconds) else {
            throw WireError(.malformed, "a time is out of range")
        }
        return milliseconds &+ nanoseconds / 1_000_000
    }
}

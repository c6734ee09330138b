public import MetricModel
public import Platform
public import StorageAPI
import Wire

/// Answers remote read requests with samples. Source: Prometheus' `prompb/remote.proto`.
public struct RemoteReader: Sendable {
    /// The most bytes of a decompressed request.
    static let decodedBytesMax = 4 << 20
    /// The most bytes of an answer before compression.
    static let answerBytesMax = 512 << 20

    private let storage: any Queryable
    private let samplesMax: Int

    /// - Parameter samplesMax: the most samples of one answer; 0 is no bound.
    public init(storage: any Queryable, samplesMax: Int) {
        self.storage = storage
        self.samplesMax = samplesMax
    }

    /// The snappy block of a `ReadResponse`. Blocks on the disk: call it on a worker thread.
    ///
    /// - Parameters:
    ///   - body: the snappy block of a `ReadRequest`.
    ///   - externalLabels: equalities on these are left out of the question, and they are added to all
    ///     series.
    /// - Throws: `badRequest`, `unavailable`, `storage`.
    public func answer(
        _ body: UnsafeRawBufferPointer, externalLabels: Labels, cancellation: Cancellation
    ) throws(RemoteStorageError) -> [UInt8] {
        let queries = try RemoteReader.queries(body)
        var answer = ByteBuffer()
        var sampleCount = 0
        for query in queries {
            var result = ByteBuffer()
            do throws(StorageError) {
                try read(query, externalLabels, cancellation, &sampleCount, into: &result)
            } catch {
                throw RemoteStorageError(error)
            }
            guard samplesMax == 0 || sampleCount <= samplesMax else {
                throw RemoteStorageError(.badRequest, "exceeded sample limit (\(samplesMax))")
            }
            guard answer.count + result.count <= RemoteReader.answerBytesMax else {
                throw RemoteStorageError(
                    .badRequest,
                    "the answer is larger than \(RemoteReader.answerBytesMax) bytes: ask for less")
            }
            answer.appendProtobuf(1, bytes: result.bytes)
        }
        var compressed = ByteBuffer()
        Snappy.compress(answer.bytes, into: &compressed)
        return Array(compressed.bytes)
    }

    private func read(
        _ query: Query, _ externalLabels: Labels, _ cancellation: Cancellation, _ sampleCount: inout Int,
        into result: inout ByteBuffer
    ) throws(StorageError) {
        let external = externalLabels.pairs
        let matchers = query.matchers.filter { matcher in
            matcher.kind != .equal
                || !external.contains { $0.name == matcher.name && $0.value == matcher.value }
        }
        let querier = try storage.querier(from: query.start, through: query.end)
        let set = try querier.select(matchers, hints: SelectHints(start: query.start, end: query.end))
        var columns = SampleColumns()
        for index in 0..<set.count {
            if cancellation.isCancelled { throw StorageError(.cancelled, "the client has left") }
            columns.removeAll()
            try set.read(index, from: query.start, through: query.end, into: &columns)
            if columns.count == 0 { continue }
            sampleCount += columns.count
            if samplesMax > 0, sampleCount > samplesMax { return }
            let labels = set.labels(at: index)
            result.appendProtobuf(1) { series in
                RemoteReader.write(labels, external, to: &series)
                // One buffer for all: a new one for each sample would cost more than the rest.
                var sample = ByteBuffer()
                for place in columns.timestamps.indices {
                    sample.removeAll()
                    sample.appendProtobuf(1, double: columns.values[place])
                    sample.appendProtobuf(2, varint: UInt64(bitPattern: columns.timestamps[place]))
                    series.appendProtobuf(2, bytes: sample.bytes)
                }
                for place in columns.histogramTimestamps.indices {
                    series.appendProtobuf(4) { message in
                        RemoteHistogram.write(
                            columns.histograms[place], at: columns.histogramTimestamps[place], to: &message)
                    }
                }
            }
        }
    }

    private static func write(
        _ labels: Labels, _ external: [(name: String, value: String)], to series: inout ByteBuffer
    ) {
        var builder = LabelsBuilder(labels)
        for (name, value) in external where builder.value(of: name) == nil { builder.set(name, value) }
        for (name, value) in builder.current {
            series.appendProtobuf(1) { pair in
                pair.appendProtobuf(1, string: name)
                pair.appendProtobuf(2, string: value)
            }
        }
    }

    // MARK: - The question

    private struct Query {
        var start: Timestamp = 0
        var end: Timestamp = 0
        var matchers: [LabelMatcher] = []
    }

    private static func queries(_ body: UnsafeRawBufferPointer) throws(RemoteStorageError) -> [Query] {
        var decoded = ByteBuffer()
        var queries: [Query] = []
        var types: [UInt32] = []
        do throws(WireError) {
            try Snappy.decompress(body, limit: decodedBytesMax, into: &decoded)
            var request = ProtobufReader(decoded.bytes)
            while let field = try request.next() {
                switch field.number {
                case 1: queries.append(try query(try request.bytes()))
                case 2: try request.appendUnsigned(field, to: &types)
                default: try request.skip()
                }
            }
        } catch {
            throw RemoteStorageError(.badRequest, error.message)
        }
        // 0 is samples, the only kind of old clients; 1 is streamed chunks, which we do not send.
        guard types.isEmpty || types.contains(0) else {
            throw RemoteStorageError(
                .badRequest, "server does not support any of the requested response types: want SAMPLES")
        }
        return queries
    }

    private static func query(_ message: UnsafeRawBufferPointer) throws(WireError) -> Query {
        var query = Query()
        var reader = ProtobufReader(message)
        while let field = try reader.next() {
            switch field.number {
            case 1: query.start = Int64(bitPattern: try reader.varint())
            case 2: query.end = Int64(bitPattern: try reader.varint())
            case 3: query.matchers.append(try matcher(try reader.bytes()))
            default: try reader.skip()
            }
        }
        return query
    }

    private static func matcher(_ message: UnsafeRawBufferPointer) throws(WireError) -> LabelMatcher {
        let kinds: [LabelMatcher.Kind] = [.equal, .notEqual, .matches, .notMatches]
        var kind: UInt64 = 0
        var name = ""
        var value = ""
        var reader = ProtobufReader(message)
        while let field = try reader.next() {
            switch field.number {
            case 1: kind = try reader.varint()
            case 2: name = try reader.string()
            case 3: value = try reader.string()
            default: try reader.skip()
            }
        }
        guard kind < UInt64(kinds.count) else {
            throw WireError(.malformed, "cannot use the matcher type \(kind): want 0 to 3")
        }
        do throws(PatternError) { return try LabelMatcher(name, kinds[Int(kind)], value) } catch {
            throw WireError(.malformed, "cannot use a matcher: \(error)")
        }
    }
}

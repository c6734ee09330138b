import MetricModel
import Platform
import RemoteStorage
import StorageAPI
import TSDB
import TestKit
import Testing

/// Remote write into a real database.
@Suite struct RemoteWriteTests {
    private static let now: Int64 = 1_000_000_000

    private struct Setup {
        let folder = TemporaryFolder()
        let database: Database
        let receiver: RemoteWriteReceiver

        init(
            seriesLimit: Int = 0, keepsMetadata: Bool = false, keepsStartTimestamps: Bool = false
        ) throws {
            var options = DatabaseOptions(path: folder.path + "/data")
            options.maintainsInBackground = false
            options.seriesLimit = seriesLimit
            options.keepsMetadata = keepsMetadata
            options.keepsStartTimestamps = keepsStartTimestamps
            database = try Database(options, clock: ManualClock(RemoteWriteTests.now))
            receiver = try RemoteWriteReceiver(store: database)
        }

        func receive(_ body: [UInt8], as message: RemoteWriteMessage = .version1) throws(RemoteStorageError)
            -> RemoteWriteReceiver.Outcome
        {
            var outcome = RemoteWriteReceiver.Outcome()
            var failure: RemoteStorageError?
            body.withUnsafeBytes { bytes in
                do throws(RemoteStorageError) { outcome = try receiver.receive(bytes, as: message) } catch {
                    failure = error
                }
            }
            if let failure { throw failure }
            return outcome
        }

        /// Everything stored, as text: labels, times and values.
        func stored() throws -> [String] {
            let matcher = try LabelMatcher("__name__", .matches, ".+")
            let set = try database.querier(from: .min, through: .max).select(
                [matcher], hints: SelectHints(start: .min, end: .max))
            var result: [String] = []
            for index in 0..<set.count {
                var columns = SampleColumns()
                try set.read(index, from: .min, through: .max, into: &columns)
                var text =
                    "{"
                    + set.labels(at: index).pairs.map { "\($0.name)=\"\($0.value)\"" }.joined(separator: ", ")
                    + "}"
                for (time, value) in zip(columns.timestamps, columns.values) {
                    text += " \(time - RemoteWriteTests.now):\(value)"
                }
                for (time, histogram) in zip(columns.histogramTimestamps, columns.histograms) {
                    text +=
                        " \(time - RemoteWriteTests.now):h\(histogram.count)/\(histogram.sum)/\(histogram.positiveBuckets)"
                }
                result.append(text)
            }
            return result
        }
    }

    private static func series(_ labels: [(String, String)], _ samples: [(Int64, Double)])
        -> RemoteMessages.Series
    {
        RemoteMessages.Series(labels: labels, samples: samples.map { (now + $0.0, $0.1) })
    }

    @Test func samplesAreStored() throws {
        let setup = try Setup()
        let outcome = try setup.receive(
            RemoteMessages.version1([
                Self.series([("__name__", "a"), ("job", "x")], [(-2, 1), (-1, 2.5)]),
                Self.series([("__name__", "b"), ("job", "x")], [(-1, .infinity)]),
            ]))
        #expect(outcome.sampleCount == 3)
        #expect(
            try setup.stored() == [
                #"{__name__="a", job="x"} -2:1.0 -1:2.5"#, #"{__name__="b", job="x"} -1:inf"#,
            ])
        // The same once more is no fault, and a series that is known is found again.
        _ = try setup.receive(
            RemoteMessages.version1([Self.series([("__name__", "a"), ("job", "x")], [(-1, 2.5), (0, 3)])]))
        #expect(try setup.stored()[0] == #"{__name__="a", job="x"} -2:1.0 -1:2.5 0:3.0"#)
    }

    @Test func labelsAreSortedAndEmptyOnesLeftOut() throws {
        let setup = try Setup()
        _ = try setup.receive(
            RemoteMessages.version1([
                Self.series([("z", "1"), ("__name__", "a"), ("empty", ""), ("b", "ä")], [(0, 1)])
            ]))
        #expect(try setup.stored() == [#"{__name__="a", b="ä", z="1"} 0:1.0"#])
    }

    @Test(arguments: [
        [("job", "x")], [("__name__", "a"), ("__name__", "b")], [("__name__", "a"), ("", "x")],
        [("__name__", "")],
        [("__name__", "a"), ("b", "1"), ("a", "2"), ("b", "3")],
    ])
    func invalidLabelsAreLeftOut(labels: [(String, String)]) throws {
        let setup = try Setup()
        let outcome = try setup.receive(
            RemoteMessages.version1([
                Self.series(labels, [(0, 1)]), Self.series([("__name__", "good")], [(0, 1)]),
            ]))
        #expect(outcome.sampleCount == 1)
        #expect(try setup.stored() == [#"{__name__="good"} 0:1.0"#])
        #expect(
            try setup.receive(RemoteMessages.version2([Self.series(labels, [(0, 1)])]), as: .version2)
                .partialFailure != nil)
    }

    @Test(arguments: [
        (-5, 9.0, "out of order"), (0, 9.0, "duplicate"), (600_001, 1.0, "out of bounds"),
        (-90_000_000, 1.0, "out of bounds"),
    ])
    func whatCanNeverBeStoredIsRefusedWhole(time: Int64, value: Double, word: String) throws {
        let setup = try Setup()
        _ = try setup.receive(RemoteMessages.version1([Self.series([("__name__", "a")], [(0, 1)])]))
        let request = [
            Self.series([("__name__", "b")], [(1, 1)]), Self.series([("__name__", "a")], [(time, value)]),
        ]
        let error = #expect(throws: RemoteStorageError.self) {
            try setup.receive(RemoteMessages.version1(request))
        }
        #expect(
            error?.kind == .refusedSamples && error?.message.contains(word) == true,
            "\(String(describing: error))")
        #expect(try setup.stored() == [#"{__name__="a"} 0:1.0"#])
    }

    @Test func version2StoresWhatIsGood() throws {
        let setup = try Setup()
        _ = try setup.receive(
            RemoteMessages.version2([Self.series([("__name__", "a")], [(0, 1)])]), as: .version2)
        let outcome = try setup.receive(
            RemoteMessages.version2([
                Self.series([("__name__", "b")], [(1, 1)]), Self.series([("__name__", "a")], [(-5, 1)]),
            ]), as: .version2)
        #expect(
            outcome.sampleCount == 1 && outcome.partialFailure?.contains("out of order") == true, "\(outcome)"
        )
        #expect(try setup.stored() == [#"{__name__="a"} 0:1.0"#, #"{__name__="b"} 1:1.0"#])
        let empty = try setup.receive(
            RemoteMessages.version2([Self.series([("__name__", "c")], [])]), as: .version2)
        #expect(empty.partialFailure != nil)
    }

    @Test(arguments: [true, false]) func version2TellsMetadata(isKept: Bool) throws {
        let setup = try Setup(keepsMetadata: isKept)
        let told = SeriesMetadata(kind: .histogram, unit: "seconds", help: "How long.")
        var series = ["a", "b", "c"].map { Self.series([("__name__", $0)], [(0, 1)]) }
        series[0].metadata = told
        series[1].metadata = told
        let outcome = try setup.receive(RemoteMessages.version2(series), as: .version2)
        #expect(outcome.sampleCount == 3 && outcome.partialFailure == nil)
        let found = try ["a", "b", "c"].map {
            setup.database.metadata(of: try setup.database.register(Labels([("__name__", $0)])))
        }
        #expect(found == (isKept ? [told, told, nil] : [nil, nil, nil]))
    }

    /// Version 1 has no start timestamps: what stands in the place of them is skipped.
    @Test(arguments: RemoteWriteMessage.allCases, [true, false])
    func startTimestampsOfVersion2AreStored(message: RemoteWriteMessage, areKept: Bool) throws {
        let setup = try Setup(keepsStartTimestamps: areKept)
        var series = [
            Self.series([("__name__", "a")], [(0, 1)]), Self.series([("__name__", "b")], [(0, 1)]),
            Self.series([("__name__", "c")], []),
        ]
        series[1].start = Self.now - 5
        series[2].start = Self.now - 7
        series[2].histogram = (Self.now, 3, 4, [3])
        let body = message == .version1 ? RemoteMessages.version1(series) : RemoteMessages.version2(series)
        #expect(try setup.receive(body, as: message).partialFailure == nil)
        let set = try setup.database.querier(from: .min, through: .max).select(
            [], hints: SelectHints(start: .min, end: .max))
        var columns = [SampleColumns](repeating: SampleColumns(), count: 3)
        for i in 0..<3 { try set.read(i, from: .min, through: .max, into: &columns[i]) }
        let isStored = message == .version2 && areKept
        #expect(columns[0].startTimestamps == [])
        #expect(columns[1].startTimestamps == (isStored ? [Self.now - 5] : []))
        #expect(columns[2].histogramStartTimestamps == (isStored ? [Self.now - 7] : []))
        #expect(columns.map(\.count) == [1, 1, 1])
    }

    @Test func samplesAheadOfTheClockStopNobody() throws {
        let setup = try Setup()
        let outcome = try setup.receive(
            RemoteMessages.version2([
                Self.series([("__name__", "good")], [(0, 1)]),
                Self.series([("__name__", "fast")], [(600_000, 1), (600_001, 2), (10 * 31_536_000_000, 3)]),
            ]), as: .version2)
        #expect(outcome.sampleCount == 2)
        #expect(outcome.partialFailure?.contains("ahead of the clock (2 samples)") == true, "\(outcome)")
        _ = try setup.receive(RemoteMessages.version1([Self.series([("__name__", "good")], [(1, 2)])]))
        #expect(try setup.stored() == [#"{__name__="fast"} 600000:1.0"#, #"{__name__="good"} 0:1.0 1:2.0"#])
    }

    @Test(arguments: RemoteWriteMessage.allCases)
    func exemplarsAreStored(message: RemoteWriteMessage) throws {
        let setup = try Setup()
        var series = Self.series([("__name__", "a")], [(1000, 1)])
        series.exemplar = (900, 0.5, "abc")
        let body =
            message == .version1 ? RemoteMessages.version1([series]) : RemoteMessages.version2([series])
        #expect(try setup.receive(body, as: message).exemplarCount == 1)
        // Once more: known, and no fault.
        let again = try setup.receive(body, as: message)
        #expect(again.exemplarCount == 0)
        #expect(again.partialFailure == nil)
        let found = try setup.database.exemplars([[]], from: .min, through: .max)
        let wanted = Exemplar(labels: Labels([("trace_id", "abc")]), value: 0.5, timestamp: 900)
        #expect(
            found == [SeriesExemplars(seriesLabels: Labels([("__name__", "a")]), exemplars: [wanted])])
    }

    @Test(arguments: RemoteWriteMessage.allCases)
    func nativeHistogramsAreStored(message: RemoteWriteMessage) throws {
        let setup = try Setup()
        var series = RemoteMessages.Series(
            labels: [("__name__", "h")], histogram: (Self.now, 6, 12.5, [1, 1, 1]))
        func body() -> [UInt8] {
            message == .version1 ? RemoteMessages.version1([series]) : RemoteMessages.version2([series])
        }
        #expect(try setup.receive(body(), as: message).histogramCount == 1)
        #expect(try setup.stored() == [#"{__name__="h"} 0:h6.0/12.5/[1.0, 2.0, 3.0]"#])
        // A bucket below zero.
        series.histogram = (Self.now + 1, 6, 12.5, [1, -3])
        if message == .version1 {
            #expect(throws: RemoteStorageError.self) { try setup.receive(body()) }
        } else {
            #expect(try setup.receive(body(), as: .version2).partialFailure?.contains("below zero") == true)
        }
    }

    @Test func limitsOfTheStorageAreTold() throws {
        let setup = try Setup(seriesLimit: 1)
        _ = try setup.receive(RemoteMessages.version1([Self.series([("__name__", "a")], [(0, 1)])]))
        let error = #expect(throws: RemoteStorageError.self) {
            try setup.receive(RemoteMessages.version1([Self.series([("__name__", "b")], [(0, 1)])]))
        }
        #expect(error?.kind == .tooManySeries)
        setup.database.close()
        let closed = #expect(throws: RemoteStorageError.self) {
            try setup.receive(RemoteMessages.version1([Self.series([("__name__", "a")], [(1, 1)])]))
        }
        #expect(closed?.kind == .unavailable)
    }

    @Test func damagedBytesAreRefusedAndNeverTrap() throws {
        let setup = try Setup()
        let good = RemoteMessages.version1([
            Self.series([("__name__", "a"), ("job", "x")], [(0, 1)]),
            RemoteMessages.Series(labels: [("__name__", "h")], histogram: (Self.now, 6, 1, [1, 1, 1])),
        ])
        var generator = SmallGenerator(state: 7)
        for _ in 0..<3000 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(
                    in: 0...255, using: &generator)
            }
            bytes.removeLast(Int.random(in: 0...3, using: &generator))
            for message in RemoteWriteMessage.allCases { _ = try? setup.receive(bytes, as: message) }
        }
        #expect(throws: RemoteStorageError.self) { try setup.receive([]) }
        // A length of 4 GB is refused before anything is allocated.
        let error = #expect(throws: RemoteStorageError.self) {
            try setup.receive([0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0])
        }
        #expect(error?.kind == .badRequest)
    }

    @Test(
        arguments: [
            (nil, RemoteWriteMessage.version1), ("application/x-protobuf", .version1),
            ("application/x-protobuf;proto=io.prometheus.write.v2.Request", .version2),
            ("application/x-protobuf; proto=prometheus.WriteRequest", .version1), ("application/json", nil),
            ("application/x-protobuf;proto=other", nil),
        ] as [(String?, RemoteWriteMessage?)])
    func readsContentTypes(type: String?, message: RemoteWriteMessage?) {
        #expect(RemoteWriteMessage(contentType: type) == message)
    }
}

/// Marsaglia's xorshift: the same numbers in every run.
private struct SmallGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}

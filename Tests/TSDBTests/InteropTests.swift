import Foundation
import MetricModel
import Platform
import StorageAPI
import TestKit
import Testing
import Wire

@testable import TSDB

/// Directories that Debian's Prometheus wrote are read by us, and ours by its promtool, to the byte.
@Suite(
    .serialized,
    .enabled(if: Promtool.isInstalled && FileManager.default.isExecutableFile(atPath: "/usr/bin/prometheus")))
struct InteropTests {
    private static func dump(_ database: Database) throws -> String {
        var text: [UInt8] = []
        let warnings = try database.dump { text += $0 }
        #expect(warnings == [])
        return String(decoding: text, as: UTF8.self)
    }

    /// What differs, in few words.
    private static func expectSame(_ ours: String, _ theirs: String) {
        if ours == theirs { return }
        let (a, b) = (ours.split(separator: "\n"), theirs.split(separator: "\n"))
        let place = zip(a, b).enumerated().first { $0.element.0 != $0.element.1 }
        Issue.record(
            """
            \(a.count) lines of ours, \(b.count) of promtool's; first difference at \(place?.offset ?? -1):
            \(place.map { "\($0.element.0)\n\($0.element.1)" } ?? "")
            \(theirs.contains("panic:") ? theirs : "")
            """)
    }

    /// Runs Prometheus on the directory, scraping itself, until it has scraped so often; then asks it.
    private static func runPrometheus(
        _ folder: TemporaryFolder, _ path: String, scrapes: Int, features: String = "native-histograms",
        _ ask: ((String) throws -> String) throws -> Void = { _ in }
    ) throws {
        let port = Int.random(in: 20_000..<30_000)
        let configuration = folder.path + "/p.yml"
        try Data(
            """
            storage: {tsdb: {out_of_order_time_window: 1h}}
            scrape_configs:
            - job_name: self
              scrape_interval: 20ms
              scrape_timeout: 20ms
              static_configs: [{targets: ['127.0.0.1:\(port)']}]
            """.utf8
        ).write(to: URL(fileURLWithPath: configuration))
        let server = Process()
        server.executableURL = URL(fileURLWithPath: "/usr/bin/prometheus")
        server.arguments = [
            "--config.file=\(configuration)", "--storage.tsdb.path=\(path)",
            "--web.listen-address=127.0.0.1:\(port)", "--storage.tsdb.retention.time=100y",
            "--enable-feature=" + features, "--web.enable-remote-write-receiver",
        ]
        server.standardError = FileHandle.nullDevice
        server.standardOutput = FileHandle.nullDevice
        try server.run()
        defer {
            server.terminate()
            server.waitUntilExit()
        }
        func get(_ path: String) throws -> String {
            try Promtool.run(["-s", "http://127.0.0.1:\(port)/api/v1/\(path)"], program: "/usr/bin/curl")
        }
        let query = "query?query=count_over_time(up%7Binstance=%22127.0.0.1:\(port)%22%7D%5B1h%5D)"
        for _ in 0..<300 {
            Thread.sleep(forTimeInterval: 0.1)
            let answer = try get(query)
            let value = answer.split(separator: "\"").last { Int($0) != nil }.flatMap { Int($0) } ?? 0
            if answer.contains("success"), value >= scrapes { return try ask(get) }
        }
        Issue.record("Prometheus did not scrape itself \(scrapes) times")
    }

    /// Log, head chunks and a block.
    @Test func weReadWhatPrometheusWrote() throws {
        let folder = TemporaryFolder()
        let path = folder.path + "/data"
        let text = (0..<500).map { "old{i=\"\($0 % 7)\"} \(Double($0) / 3) \(1_600_000_000 + $0 * 15)\n" }
        try Data((text.joined() + "# EOF\n").utf8).write(to: URL(fileURLWithPath: folder.path + "/old.om"))
        _ = try Promtool.run(["tsdb", "create-blocks-from", "openmetrics", folder.path + "/old.om", path])
        try Self.runPrometheus(folder, path, scrapes: 150)
        #expect(FileManager.default.fileExists(atPath: path + "/chunks_head/000001"))
        let theirs = try Promtool.run(["tsdb", "dump", path])
        #expect(theirs.split(separator: "\n").count > 50_000)
        // Taken over into a directory of ours.
        let taken = testOptions(folder, name: "taken")
        let result = try DirectoryImport(path, into: taken.path)
        #expect(result.hasLog && !result.blocks.isEmpty && result.warnings == [])
        Self.expectSame(try Promtool.run(["tsdb", "dump", taken.path]), theirs)
        // Reading only, then as the owner.
        for isReadOnly in [true, false] {
            var options = testOptions(folder)
            options.isReadOnly = isReadOnly
            options.retention = 0
            let database = try Database(options)
            #expect(database.damages == [])
            Self.expectSame(try Self.dump(database), theirs)
            database.close()
        }
        #expect(DirectoryCheck(path: path).findings == [])
        // What we left behind is still theirs, and they go on with it.
        Self.expectSame(try Promtool.run(["tsdb", "dump", path]), theirs)
        try Self.runPrometheus(folder, path, scrapes: 150)
        var options = testOptions(folder)
        options.retention = 0
        let database = try Database(options)
        #expect(database.damages == [])
        let ours = try Self.dump(database)
        database.close()
        Self.expectSame(ours, try Promtool.run(["tsdb", "dump", path]))
        #expect(ours.utf8.count > theirs.utf8.count)
    }

    /// Log, head chunks and blocks, with integer and float histograms, and staleness markers.
    @Test func promtoolReadsWhatWeWrote() throws {
        let folder = TemporaryFolder()
        var options = testOptions(folder)
        options.retention = 0
        let database = try Database(options)
        var random = SeededGenerator.fresh()
        // That version cannot read all that later ones may write (empty spans).
        var layout = FloatHistogram(schema: 3)
        layout.zeroThreshold = 0x1p-128
        layout.positiveSpans = [.init(offset: -3, length: 2), .init(offset: 1, length: 4)]
        layout.negativeSpans = [.init(offset: 5, length: 3)]
        var model: [Int64: [FloatHistogram]] = [:]
        let names = ["a", "b\"\\c", "ü", "h0", "h1"]
        let references = try names.map { try database.register(Labels([("__name__", "m"), ("x", $0)])) }
        for step in 0..<(9 * 60) {
            let time = BlockTests.start + Int64(step) * 60_000
            var batch = SampleBatch()
            batch.append(references[0], time, Double(step) * 0.1)
            batch.append(references[1], time, [.infinity, -1e300, 1e-7, .ordinaryNaN][step % 4])
            batch.append(references[2], time, step % 50 == 49 ? .staleMarker : Double(step))
            for i in 0..<2 {
                var histogram = HistogramChunkTests.random(&random, like: layout)
                if step % 50 == 49 {
                    histogram = FloatHistogram(schema: 0)
                    histogram.sum = .staleMarker
                }
                histogram.isInteger = i == 0
                if i == 1 {
                    for j in 0..<histogram.positiveBuckets.count { histogram.positiveBuckets[j] += 0.5 }
                }
                if i == 1 { histogram.count += 3 }
                model[time, default: []].append(histogram)
                batch.append(references[3 + i], time, histogram)
            }
            #expect(try database.append(batch).refused.isEmpty)
            if step % 60 == 0 { try database.maintain() }
        }
        #expect(!database.blockMetas.isEmpty)
        let ours = try Self.dump(database)
        database.close()
        // It leaves histograms out.
        let floats = ours.split(separator: "\n").filter { !$0.contains("x=\"h") }
        #expect(floats.count == 3 * 9 * 60)
        Self.expectSame(
            floats.joined(separator: "\n") + "\n", try Promtool.run(["tsdb", "dump", options.path]))
        try Self.runPrometheus(folder, options.path, scrapes: 1) { get in
            for step in stride(from: 0, to: 9 * 60, by: 29) {
                let time = BlockTests.start + Int64(step) * 60_000
                for (i, histogram) in (model[time] ?? []).enumerated() where !histogram.isStaleMarker {
                    for (function, wanted) in [("count", histogram.count), ("sum", histogram.sum)] {
                        let answer = try get(
                            "query?time=\(time / 1000)&query=histogram_\(function)(m%7Bx=%22h\(i)%22%7D)")
                        let value = answer.split(separator: "\"").dropLast().last.flatMap { Double($0) }
                        #expect(value == wanted, "h\(i) at step \(step): \(answer)")
                    }
                }
            }
        }
    }

    /// That version switches snapshots off when it is to take native histograms.
    private static let snapshotFeature = "memory-snapshot-on-shutdown,exemplar-storage"

    /// A snapshot of its head, from which we start without reading its log.
    @Test func weStartFromItsSnapshot() throws {
        let folder = TemporaryFolder()
        let path = folder.path + "/data"
        try Self.runPrometheus(folder, path, scrapes: 150, features: Self.snapshotFeature)
        let disk = RealDisk()
        #expect(try ChunkSnapshot.all(disk: disk, path: path).count == 1)
        let theirs = try Promtool.run(["tsdb", "dump", path])
        #expect(theirs.split(separator: "\n").count > 50_000)
        var options = testOptions(folder)
        options.retention = 0
        for isReadOnly in [true, false] {
            options.isReadOnly = isReadOnly
            let database = try Database(options)
            #expect(database.damages == [])
            #expect(
                database.metrics().first { $0.name == "prometheus_tsdb_snapshot_replay_error_total" }?.value
                    == 0)
            Self.expectSame(try Self.dump(database), theirs)
            if isReadOnly { database.close() } else { database.abandon() }
        }
        // Its log has samples that the start did not look for: without the log the snapshot is not used.
        let segment = path + "/wal/00000000"
        let file = try disk.open(segment, .update)
        try [UInt8](repeating: 0x5A, count: 100).withUnsafeBytes { try file.write($0, at: 50_000) }
        let database = try Database(options)
        #expect(database.damages == [])
        Self.expectSame(try Self.dump(database), theirs)
        database.close()
    }

    /// It starts from ours, goes on, and we go on from its next one.
    @Test func itStartsFromOurSnapshot() throws {
        let folder = TemporaryFolder()
        var options = testOptions(folder)
        options.retention = 0
        options.exemplarLimit = 1000
        let database = try Database(options)
        var random = SeededGenerator.fresh()
        var layout = FloatHistogram(schema: 3)
        layout.zeroThreshold = 0x1p-128
        layout.positiveSpans = [.init(offset: -3, length: 2), .init(offset: 1, length: 4)]
        let start = SystemClock().now() / 60_000 * 60_000 - 100 * 60_000
        let names = ["a", "h0", "h1"]
        let references = try names.map { try database.register(Labels([("__name__", "m"), ("x", $0)])) }
        for step in 0..<100 {
            let time = start + Int64(step) * 60_000
            var batch = SampleBatch()
            batch.append(references[0], time, Double(step))
            for i in 0..<2 {
                var histogram = HistogramChunkTests.random(&random, like: layout)
                histogram.isInteger = i == 0
                if i == 1 { histogram.count += 0.5 }
                batch.append(references[1 + i], time, histogram)
            }
            batch.append(
                references[0],
                Exemplar(labels: Labels([("trace", "\(step)")]), value: Double(step), timestamp: time))
            #expect(try database.append(batch).refused.isEmpty)
        }
        try database.deleteSeries(
            [LabelMatcher("x", equals: "a")], from: start + 600_000, through: start + 1_200_000)
        database.close()
        // Its log is damaged: what it answers comes from the snapshot.
        let disk = RealDisk()
        let log = try disk.open(options.path + "/wal/00000000", .update)
        try [UInt8](repeating: 0x5A, count: 100).withUnsafeBytes { try log.write($0, at: 3000) }
        try Self.runPrometheus(folder, options.path, scrapes: 3, features: Self.snapshotFeature) { get in
            for (name, wanted) in [("a", 89), ("h0", 100), ("h1", 100)] {
                let answer = try get("query?query=count_over_time(m%7Bx=%22\(name)%22%7D%5B3h%5D)")
                #expect(answer.contains("\"\(wanted)\""), "\(name): \(answer)")
            }
            let exemplars = try get(
                "query_exemplars?query=m%7Bx=%22a%22%7D&start=\(start / 1000)&end=\(start / 1000 + 10_000)")
            #expect(exemplars.components(separatedBy: "\"trace\"").count == 101, "\(exemplars.prefix(300))")
        }
        #expect(try ChunkSnapshot.all(disk: disk, path: options.path).count == 1)
        let again = try Database(options)
        #expect(again.damages == [])
        #expect(try again.dump([LabelMatcher("x", equals: "a")]).values.first?.count == 89)
        #expect(try again.dump([LabelMatcher("__name__", equals: "up")]).values.first?.isEmpty == false)
        again.close()
    }

    /// Its log of late samples, with head chunks of such.
    @Test func weReadWhatCameLate() throws {
        let folder = TemporaryFolder()
        let path = folder.path + "/data"
        let now = SystemClock().now() / 1000 * 1000
        var wanted: [Sample] = []
        func send(_ samples: [Sample], _ port: String) throws {
            var message = ByteBuffer()
            message.appendProtobuf(1) { series in
                series.appendProtobuf(1) { pair in
                    pair.appendProtobuf(1, string: "__name__")
                    pair.appendProtobuf(2, string: "late")
                }
                for sample in samples {
                    series.appendProtobuf(2) { part in
                        part.appendProtobuf(1, double: sample.value)
                        part.appendProtobuf(2, varint: UInt64(sample.timestamp))
                    }
                }
            }
            var block = ByteBuffer()
            Snappy.compress(message.bytes, into: &block)
            try Data(Array(block.bytes)).write(to: URL(fileURLWithPath: folder.path + "/request"))
            let answer = try Promtool.run(
                [
                    "-s", "-o", folder.path + "/answer", "-w", "%{http_code}", "--data-binary",
                    "@" + folder.path + "/request", "-H", "Content-Encoding: snappy",
                    "http://127.0.0.1:\(port)/api/v1/write",
                ], program: "/usr/bin/curl")
            #expect(answer == "204")
            wanted += samples
        }
        try Self.runPrometheus(folder, path, scrapes: 1) { get in
            let port = try #require(
                try get("label/instance/values").split(separator: ":").last?.prefix { $0.isNumber })
            try send([Sample(timestamp: now, value: 1)], String(port))
            // More than a chunk of late ones (32), each before the one before.
            for i in 1...50 {
                try send([Sample(timestamp: now - Int64(i) * 7000, value: Double(i))], String(port))
            }
        }
        #expect(FileManager.default.fileExists(atPath: path + "/wbl/00000000"))
        wanted.sort { $0.timestamp < $1.timestamp }
        var options = testOptions(folder)
        options.outOfOrderWindow = 3_600_000
        for _ in 0..<2 {
            let database = try Database(options)
            #expect(database.damages == [])
            #expect(try database.dump([LabelMatcher("__name__", equals: "late")])["late"] == wanted)
            database.close()
        }
    }
}

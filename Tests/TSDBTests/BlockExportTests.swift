import MetricModel
import Platform
import StorageAPI
import TestKit
import Testing

@testable import TSDB

@Suite struct BlockExportTests {
    private static func lines(_ path: String) throws -> [String] {
        try OpenMetricsImportTests.dump(path).split(separator: "\n").map(String.init)
    }

    private static func reading(_ path: String) throws -> Database {
        var options = DatabaseOptions(path: path)
        options.isReadOnly = true
        return try Database(options)
    }

    @Test func blocksHoldWhatWasChosen() throws {
        let folder = TemporaryFolder()
        let source = testOptions(folder)
        try DirectoryImportTests.fill(source)
        let database = try Self.reading(source.path)
        defer { database.close() }
        let all = try Self.lines(source.path)
        let whole = try BlockExport(database, into: folder.path + "/all", maxBlockDuration: 0)
        #expect(whole.warnings == [])
        #expect(try Self.lines(folder.path + "/all") == all)
        #expect(DirectoryCheck(path: folder.path + "/all").findings == [])
        // Aligned, one after the other.
        #expect(whole.blocks.count >= 5)
        for (before, after) in zip(whole.blocks, whole.blocks.dropFirst()) {
            #expect(before.maxTime <= after.minTime)
            #expect(after.minTime % 7_200_000 == 0)
        }
        // Two selectors that both find a series, and a part of the time.
        let (start, end) = (BlockTests.start + 90 * 60_000, BlockTests.start + 400 * 60_000)
        let selectors = [
            [try LabelMatcher("i", .matches, "3|1")], [try LabelMatcher("i", .equal, "1")],
        ]
        let part = try BlockExport(
            database, selectors, from: start, through: end, into: folder.path + "/part")
        #expect(
            part.blocks.allSatisfy { $0.seriesCount == 2 && $0.minTime >= start && $0.maxTime <= end + 1 })
        let wanted = all.filter { line in
            let time = line.split(separator: " ").last.flatMap { Int64($0) } ?? 0
            return (line.contains("i=\"1\"") || line.contains("i=\"3\"")) && time >= start && time <= end
        }
        #expect(try Self.lines(folder.path + "/part") == wanted)
        #expect(wanted.count == 2 * 311)
        // Nothing chosen, nothing written.
        let none = try BlockExport(
            database, [[try LabelMatcher("i", .equal, "9")]], into: folder.path + "/none")
        #expect(none.blocks.isEmpty)
        #expect(try RealDisk().list(folder.path + "/none").isEmpty)
        #expect(throws: StorageError.self) { try BlockExport(database, into: source.path) }
    }

    @Test func histogramsAndStalenessMarkersGoAlong() throws {
        let folder = TemporaryFolder()
        let source = testOptions(folder)
        let database = try Database(source)
        defer { database.close() }
        let reference = try database.register(Labels([("__name__", "h")]))
        var histogram = FloatHistogram(schema: 3)
        histogram.isInteger = true
        histogram.positiveSpans = [.init(offset: 0, length: 2)]
        for step in 0..<300 {
            histogram.positiveBuckets = [Double(step), 1]
            histogram.count = Double(step + 1)
            histogram.sum = Double(step) / 2
            var batch = SampleBatch()
            let time = BlockTests.start + Int64(step) * 60_000
            if step % 100 == 99 {
                batch.append(reference, time, .staleMarker)
            } else {
                batch.append(reference, time, histogram)
            }
            #expect(try database.append(batch).refused.isEmpty)
        }
        _ = try BlockExport(database, into: folder.path + "/out")
        var columns: [SampleColumns] = []
        for opened in [database, try Self.reading(folder.path + "/out")] {
            let set = try opened.querier(from: .min, through: .max).select(
                [], hints: SelectHints(start: .min, end: .max))
            #expect(set.count == 1)
            var read = SampleColumns()
            try set.read(0, from: .min, through: .max, into: &read)
            // Chunks begin at other samples, which is all that changes the hint.
            for i in read.histograms.indices { read.histograms[i].counterResetHint = .unknown }
            columns.append(read)
        }
        let isSame = columns[0].histograms == columns[1].histograms
        #expect(isSame)
        #expect(columns[0].histogramTimestamps == columns[1].histogramTimestamps)
        #expect(columns[0].timestamps == columns[1].timestamps)
        #expect(columns[1].values.count == 3 && columns[1].values.allSatisfy { $0.isStaleMarker })
    }

    @Test func aFailureLeavesNoBlock() throws {
        let disk = FaultyDisk(MemoryDisk())
        var options = DatabaseOptions(path: "data")
        options.maintainsInBackground = false
        let database = try Database(options, disk: disk)
        let reference = try database.register(Labels([("__name__", "a")]))
        for step in 0..<600 {
            var batch = SampleBatch()
            batch.append(reference, BlockTests.start + Int64(step) * 60_000, Double(step))
            _ = try database.append(batch)
        }
        try disk.makeFolder("out")
        disk.setJudge { number, call, _ in number > 60 && call == "write" ? .diskFull : nil }
        #expect(throws: StorageError.self) {
            try BlockExport(database, into: "out", maxBlockDuration: 0)
        }
        disk.setJudge(nil)
        #expect(try disk.list("out") == [])
    }

    @Test(.enabled(if: Promtool.isInstalled)) func promtoolReadsThem() throws {
        let folder = TemporaryFolder()
        let source = testOptions(folder)
        try DirectoryImportTests.fill(source)
        let database = try Self.reading(source.path)
        defer { database.close() }
        let out = folder.path + "/out"
        let result = try BlockExport(database, into: out)
        try RealDisk().makeFolder(out + "/wal")
        #expect(try Promtool.run(["tsdb", "dump", out]) == OpenMetricsImportTests.dump(source.path))
        let list = try Promtool.run(["tsdb", "list", out]).split(separator: "\n")
        #expect(list.count == result.blocks.count + 1)
    }

    /// Text of a long time comes in pieces of a block.
    @Test func dumpsComeInPieces() throws {
        let folder = TemporaryFolder()
        let source = testOptions(folder)
        try DirectoryImportTests.fill(source)
        let database = try Self.reading(source.path)
        defer { database.close() }
        var pieces: [[UInt8]] = []
        _ = try database.dump(format: .openMetrics) { pieces.append($0) }
        #expect(pieces.count > 10)
        #expect(pieces.allSatisfy { !$0.isEmpty })
        #expect(pieces.last == Array("# EOF\n".utf8))
        var series: [[UInt8]] = []
        _ = try database.dump(format: .seriesJSON) { series.append($0) }
        #expect(series.count == 5)
    }
}

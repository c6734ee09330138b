import Foundation
import MetricModel
import Platform
import StorageAPI
import TestKit
import Testing

@testable import TSDB

@Suite struct OpenMetricsImportTests {
    static let start: Int64 = 1_600_000_000_000

    /// Series by series or round by round.
    static func text(series: Int, samples: Int, bySeries: Bool, step: Int64 = 15_000) -> String {
        var lines: [String] = []
        func line(_ s: Int, _ i: Int) -> String {
            let time = start + Int64(i) * step
            let value =
                s % 3 == 0 ? "\(i * s)" : s % 3 == 1 ? "\(Double(i) / 7)" : i % 50 == 0 ? "NaN" : "-\(s).5"
            let seconds = "\(time / 1000)" + (time % 1000 == 0 ? "" : ".\(time % 1000)")
            return "m\(s % 5){job=\"a\\\"b\",instance=\"i\(s)\",é=\"ü{}\"} \(value) \(seconds)".replacing(
                "é", with: "e")
        }
        if bySeries {
            for s in 0..<series { for i in 0..<samples { lines.append(line(s, i)) } }
        } else {
            for i in 0..<samples { for s in 0..<series { lines.append(line(s, i)) } }
        }
        return lines.joined(separator: "\n") + "\n# EOF\n"
    }

    static func dump(_ path: String) throws -> String {
        var options = DatabaseOptions(path: path)
        options.isReadOnly = true
        let database = try Database(options)
        defer { database.close() }
        var text: [UInt8] = []
        _ = try database.dump { text.append(contentsOf: $0) }
        return String(decoding: text, as: UTF8.self)
    }

    @discardableResult
    static func create(
        _ text: String, _ folder: TemporaryFolder, _ options: OpenMetricsImport.Options = .init()
    ) throws
        -> OpenMetricsImport
    {
        let file = folder.path + "/in"
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        return try OpenMetricsImport(file, into: folder.path + "/data", options: options)
    }

    @Test(arguments: [true, false], [15_000, 15_001] as [Int64])
    func orderOfLinesDoesNotMatter(_ bySeries: Bool, _ step: Int64) throws {
        let folder = TemporaryFolder()
        let result = try Self.create(
            Self.text(series: 20, samples: 1500, bySeries: bySeries, step: step), folder)
        #expect(result.sampleCount == 30_000)
        #expect(result.seriesCount == 20)
        #expect(result.blocks.count == 4)
        for (before, after) in zip(result.blocks, result.blocks.dropFirst()) {
            #expect(before.maxTime <= after.minTime)
            #expect(before.minTime / 7_200_000 == (before.maxTime - 1) / 7_200_000)
        }
        let lines = try Self.dump(folder.path + "/data").split(separator: "\n")
        #expect(lines.count == 30_000)
        #expect(
            lines.first == "{__name__=\"m0\", e=\"ü{}\", instance=\"i0\", job=\"a\\\"b\"} 0 1600000000000")
        #expect(DirectoryCheck(path: folder.path + "/data").findings == [])
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/data").count == 4)
    }

    @Test func samplesOutOfOrderAreSorted() throws {
        let folder = TemporaryFolder()
        var lines: [String] = []
        for i in 0..<700 { lines.append("a \(i) \(1_600_000_000 + (i * 7919) % 700 * 30)") }
        lines.append("a 5000 1600000000")
        let result = try Self.create(lines.joined(separator: "\n") + "\n# EOF", folder)
        #expect(result.duplicateCount == 1)
        let got = try Self.dump(folder.path + "/data").split(separator: "\n").map(String.init)
        let wanted = (0..<700).map { i in (time: (i * 7919) % 700 * 30, value: i) }.sorted {
            $0.time < $1.time
        }.map {
            "{__name__=\"a\"} \($0.value) \((1_600_000_000 + $0.time) * 1000)"
        }
        #expect(got == wanted)
    }

    @Test func labelsAreAddedAndBlocksMayBeLong() throws {
        let folder = TemporaryFolder()
        var options = OpenMetricsImport.Options()
        options.labels = [("source", "old"), ("job", "b")]
        options.maxBlockDuration = 24 * 3_600_000
        let text =
            "# TYPE h histogram\nh_bucket{job=\"a\",le=\"1\"} 1 0 # {t=\"x\"} 0.5\n# TYPE n gauge\nn{le=\"1\"} -0.5 -7.25\nn{le=\"1\"} 2 64799.9\n# EOF\n"
        let result = try Self.create(text, folder, options)
        #expect(result.blocks.count == 2)
        #expect(
            try Self.dump(folder.path + "/data") == """
                {__name__="h_bucket", job="b", le="1.0", source="old"} 1 0
                {__name__="n", job="b", le="1", source="old"} -0.5 -7250
                {__name__="n", job="b", le="1", source="old"} 2 64799900

                """)
    }

    @Test(arguments: [
        ("a 1 1\n", "data does not end with # EOF (line 1)"),
        ("a 1 1\na 2\n# EOF\n", "expected timestamp for series a, got none (line 2)"),
        ("a 1 1\na x 1\n# EOF\n", "cannot read the value \"x\" (line 2)"),
        ("a 1 1\n# EOF\na 1 2\n", "unexpected data after # EOF (line 3)"),
        ("a 1 1\n\n# EOF\n", "unexpected empty line (line 2)"),
        ("", "data does not end with # EOF (line 0)"),
    ])
    func badInputIsToldByLine(_ text: String, _ message: String) throws {
        let folder = TemporaryFolder()
        let error = #expect(throws: StorageError.self) { try Self.create(text, folder) }
        #expect(error?.description.hasSuffix(message) == true, "\(error?.description ?? "")")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/data").isEmpty)
    }

    @Test func fullRoomForOpenChunksFinishesThem() throws {
        let folder = TemporaryFolder()
        let path = folder.path + "/data"
        var blocks = try BlockImport(disk: RealDisk(), folder: path, duration: 0, openBytesMax: 4000)
        for i in 0..<200 {
            for s in 0..<50 {
                let number = blocks.series(Labels([("__name__", "m"), ("s", "\(s)")]))
                try blocks.add(number, Int64(i) * 15_000, Double(i * s))
            }
        }
        #expect(try blocks.writeBlocks(now: 0) { _ in }.count == 1)
        blocks.remove()
        let lines = try Self.dump(path).split(separator: "\n")
        #expect(lines.count == 10_000)
        #expect(lines.last == "{__name__=\"m\", s=\"9\"} 1791 2985000")
        #expect(try BlockSummary.list(path).first?.chunkCount == 100)
    }

    @Test(.enabled(if: Promtool.isInstalled), arguments: [true, false])
    func promtoolMakesTheSame(_ bySeries: Bool) throws {
        let folder = TemporaryFolder()
        let result = try Self.create(Self.text(series: 30, samples: 1200, bySeries: bySeries), folder)
        let theirs = folder.path + "/theirs"
        _ = try Promtool.run(["tsdb", "create-blocks-from", "openmetrics", folder.path + "/in", theirs])
        // promtool's dump wants a log.
        for path in [theirs, folder.path + "/data"] { try RealDisk().makeFolder(path + "/wal") }
        let wanted = try Promtool.run(["tsdb", "dump", theirs])
        #expect(wanted.split(separator: "\n").count == 36_000)
        #expect(try Promtool.run(["tsdb", "dump", folder.path + "/data"]) == wanted)
        #expect(try Self.dump(theirs) == wanted)
        #expect(try Self.dump(folder.path + "/data") == wanted)
        let list = try BlockSummary.list(theirs)
        #expect(list.map(\.minTime) == result.blocks.map(\.minTime))
        #expect(list.map(\.maxTime) == result.blocks.map(\.maxTime))
        #expect(list.map(\.sampleCount) == result.blocks.map(\.sampleCount))
    }
}

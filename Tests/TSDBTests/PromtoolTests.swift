import Foundation
import MetricModel
import StorageAPI
import TestKit
import Testing

@testable import TSDB

/// What Debian's promtool says of directories that we wrote.
@Suite(.enabled(if: Promtool.isInstalled)) struct PromtoolTests {
    @Test func dumpsOurLog() throws {
        let folder = TemporaryFolder()
        let database = try Database(testOptions(folder))
        for time in 0..<300 {
            try database.add(
                [("__name__", "up"), ("job", "a\"b")], Int64(time) * 15_000 + 1_600_000_000_000,
                Double(time) / 7)
            try database.add(
                [("__name__", "x"), ("é", "ü")], Int64(time) * 15_000 + 1_600_000_000_000, .infinity)
        }
        let wanted = try database.dump().values.reduce(0) { $0 + $1.count }
        database.close()
        let output = try Promtool.run(["tsdb", "dump", folder.path + "/data"])
        let lines = output.split(separator: "\n")
        #expect(lines.count == wanted)
        #expect(lines.contains("{__name__=\"up\", job=\"a\\\"b\"} 1 1600000105000"))
    }
}

enum Promtool {
    static var isInstalled: Bool { FileManager.default.isExecutableFile(atPath: "/usr/bin/promtool") }

    /// Standard output and standard error.
    static func run(_ arguments: [String], program: String = "/usr/bin/promtool") throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }
}

extension PromtoolTests {
    @Test func readsOurBlocks() throws {
        let folder = TemporaryFolder()
        let options = testOptions(folder)
        let database = try Database(options)
        let model = try BlockTests.fill(database, hours: 10)
        let blockCount = database.blockMetas.count
        database.close()
        let list = try Promtool.run(["tsdb", "list", options.path])
        #expect(list.split(separator: "\n").count == blockCount + 1, "\(list)")
        let dump = try Promtool.run(["tsdb", "dump", options.path])
        #expect(dump.split(separator: "\n").count == model.values.reduce(0) { $0 + $1.count })
        let analysis = try Promtool.run(["tsdb", "analyze", options.path])
        #expect(analysis.contains("Series: 20"), "\(analysis)")

    }
}

/// Debian's Prometheus on a copy of a directory of ours.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/prometheus")))
struct PrometheusTests {
    @Test func answersFromOurDirectory() throws {
        let folder = TemporaryFolder()
        let options = testOptions(folder)
        let database = try Database(options)
        let model = try BlockTests.fill(database, hours: 11, series: 12)
        database.close()
        let port = Int.random(in: 20_000..<30_000)
        let configuration = folder.path + "/p.yml"
        try Data("{}".utf8).write(to: URL(fileURLWithPath: configuration))
        let server = Process()
        server.executableURL = URL(fileURLWithPath: "/usr/bin/prometheus")
        server.arguments = [
            "--config.file=\(configuration)", "--storage.tsdb.path=\(options.path)",
            "--web.listen-address=127.0.0.1:\(port)", "--storage.tsdb.retention.time=100y",
        ]
        server.standardError = FileHandle.nullDevice
        server.standardOutput = FileHandle.nullDevice
        try server.run()
        defer {
            server.terminate()
            server.waitUntilExit()
        }
        let end = (BlockTests.start + 11 * BlockTests.hour) / 1000
        let query = "sum(count_over_time(%7B__name__=~%22m.%2B%22%7D%5B20h%5D))&time=\(end)"
        var answer = ""
        for _ in 0..<150 where !answer.contains("success") {
            Thread.sleep(forTimeInterval: 0.1)
            answer = try Promtool.run(
                ["-s", "http://127.0.0.1:\(port)/api/v1/query?query=\(query)"], program: "/usr/bin/curl")
        }
        let wanted = model.values.reduce(0) { $0 + $1.count }
        #expect(answer.contains("\"\(wanted)\""), "\(answer), want \(wanted)")
    }
}

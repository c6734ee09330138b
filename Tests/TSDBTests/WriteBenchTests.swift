import Foundation
import MetricModel
import StorageAPI
import TestKit
import Testing

@testable import TSDB

@Suite struct WriteBenchTests {
    @Test func writesAllSamples() throws {
        let folder = TemporaryFolder()
        let series = WriteBench.madeUpSeries(2500)
        #expect(Set(series).count == 2500)
        let bench = try WriteBench(series, scrapes: 20, into: folder.path + "/data")
        #expect(bench.seriesCount == 2500)
        #expect(bench.sampleCount == 50_000)
        #expect(bench.appendNanoseconds > 0)
        let lines = try OpenMetricsImportTests.dump(folder.path + "/data").split(separator: "\n")
        #expect(lines.count == 50_000)
    }

    @Test func readsSeriesOfAFile() throws {
        let folder = TemporaryFolder()
        let file = folder.path + "/series.json"
        func write(_ text: String) throws { try Data(text.utf8).write(to: URL(fileURLWithPath: file)) }
        let text = """
            {"__name__":"a","le":"1","x":"a:b,c"}

            {"__name__":"a","x":"a:b,c","le":"1"}
            {"__name__":"b"}
            {"__name__":"c"}

            """
        try write(text)
        #expect(
            try WriteBench.series(in: file, limit: 2).map(\.description) == [
                #"a{le="1", x="a:b,c"}"#, "b",
            ])
        for bad in ["{\"a\":1}", "x", "[]"] {
            try write("{\"__name__\":\"a\"}\n" + bad)
            let error = #expect(throws: StorageError.self) { try WriteBench.series(in: file, limit: 9) }
            #expect(error?.message.contains("line 2") == true)
        }
        #expect(throws: StorageError.self) { try WriteBench.series(in: folder.path + "/none", limit: 1) }
    }
}

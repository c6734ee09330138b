import TestKit
import Testing

@testable import TSDB

@Suite struct DatabaseMetricsTests {
    @Test func numbersAreTold() throws {
        let folder = TemporaryFolder()
        let database = try Database(testOptions(folder))
        _ = try BlockTests.fill(database, hours: 5, series: 4)
        let metrics = database.metrics()
        func value(_ name: String) -> Double? {
            metrics.first { $0.name == "prometheus_tsdb_" + name }?.value
        }
        #expect(value("head_series") == 4)
        #expect(value("blocks_loaded") == 1)
        #expect((value("compactions_total") ?? 0) >= 1)
        #expect((value("head_samples_appended_total") ?? 0) > 900)
        #expect((value("storage_blocks_bytes") ?? 0) > 500)
        #expect(value("blocks_damaged") == 0)
        // Every series of numbers has a name and labels of its own.
        let keys = metrics.map { metric in metric.name + metric.labels.map { $0.name + $0.value }.joined() }
        #expect(Set(keys).count == keys.count)
        let statistics = database.headStatistics(limit: 2)
        #expect(statistics.seriesCountByMetricName.map(\.value) == [2, 1])
        #expect(statistics.labelValueCountByLabelName.first?.name == "i")
    }
}

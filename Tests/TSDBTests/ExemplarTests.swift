import MetricModel
import StorageAPI
import TestKit
import Testing

@testable import TSDB

@Suite struct ExemplarTests {
    private static func labels(_ name: String) -> Labels { Labels([("__name__", name)]) }

    private static func exemplar(_ time: Int64, _ value: Double = 1, trace: String = "t") -> Exemplar {
        Exemplar(labels: Labels([("trace_id", trace)]), value: value, timestamp: time)
    }

    private static func append(_ database: Database, _ name: String, _ exemplars: [Exemplar]) throws -> Int {
        let reference = try database.register(labels(name))
        var batch = SampleBatch()
        for exemplar in exemplars { batch.append(reference, exemplar) }
        return try database.append(batch).exemplarCount
    }

    private static func all(_ database: Database, _ name: String? = nil) throws -> [SeriesExemplars] {
        let matchers = name.map { [LabelMatcher("__name__", equals: $0)] } ?? []
        return try database.exemplars([matchers], from: .min, through: .max)
    }

    @Test func keepsOrderAndSelects() throws {
        let folder = TemporaryFolder()
        let database = try Database(testOptions(folder))
        let a = [Self.exemplar(1000), Self.exemplar(2000, 2), Self.exemplar(2000, 3)]
        #expect(try Self.append(database, "b", [Self.exemplar(1500)]) == 1)
        #expect(try Self.append(database, "a", a) == 3)
        // The newest again, an older one, and one with too long labels.
        #expect(try Self.append(database, "a", [Self.exemplar(2000, 3)]) == 0)
        #expect(try Self.append(database, "a", [Self.exemplar(1999)]) == 0)
        let long = String(repeating: "é", count: Exemplar.labelLengthMax - 8)
        #expect(try Self.append(database, "a", [Self.exemplar(3000, trace: long + "x")]) == 0)
        #expect(try Self.append(database, "a", [Self.exemplar(3000, trace: long)]) == 1)
        let found = try Self.all(database)
        #expect(found.map(\.seriesLabels) == [Self.labels("a"), Self.labels("b")])
        #expect(found[0].exemplars == a + [Self.exemplar(3000, trace: long)])
        #expect(try Self.all(database, "b").map(\.exemplars) == [[Self.exemplar(1500)]])
        #expect(
            try database.exemplars([[]], from: 1001, through: 1999).map(\.seriesLabels) == [Self.labels("b")])
        #expect(try database.exemplars([], from: .min, through: .max).isEmpty)
    }

    @Test func theOldestMakeRoom() throws {
        let folder = TemporaryFolder()
        var options = testOptions(folder)
        options.exemplarLimit = 5
        let database = try Database(options)
        for i in 0..<4 { #expect(try Self.append(database, "gone\(i)", [Self.exemplar(Int64(i))]) == 1) }
        for i in 0..<4 { #expect(try Self.append(database, "a", [Self.exemplar(Int64(10 + i))]) == 1) }
        let found = try Self.all(database)
        #expect(found.map(\.seriesLabels) == [Self.labels("a"), Self.labels("gone3")])
        #expect(found[0].exemplars.map(\.timestamp) == [10, 11, 12, 13])
        let metrics = database.metrics()
        func value(_ name: String) -> Double? {
            metrics.first { $0.name == "prometheus_tsdb_exemplar_" + name }?.value
        }
        #expect(value("exemplars_in_storage") == 5)
        #expect(value("series_with_exemplars_in_storage") == 2)
        #expect(value("exemplars_appended_total") == 8)
    }

    @Test func comeBackAfterRestartAndCheckpoint() throws {
        let folder = TemporaryFolder()
        var options = testOptions(folder)
        options.walSegmentSize = 32 << 10
        options.walCompression = .none
        options.retention = 0
        options.takesSnapshotOnClose = false
        var database = try Database(options)
        let hour = BlockTests.hour
        for step in 0..<600 {
            let time = BlockTests.start + Int64(step) * hour / 60
            try database.add([("__name__", "a")], time, Double(step))
            let text = String(step) + String(repeating: "x", count: 100)
            #expect(try Self.append(database, "a", [Self.exemplar(time, trace: text)]) == 1)
            if step % 60 == 59 { try database.maintain() }
        }
        #expect(try Self.all(database).first?.exemplars.count == 600)
        #expect(
            database.metrics().first { $0.name == "prometheus_tsdb_checkpoint_creations_total" }?.value ?? 0
                > 0)
        let before = try Self.all(database)
        database.close()
        database = try Database(options)
        #expect(database.damages == [])
        let after = try #require(try Self.all(database).first)
        // Those of the head's time are all there; of what the checkpoint dropped none came back.
        let wanted = try #require(before.first?.exemplars.filter { $0.timestamp >= database.head.minTime })
        #expect(after.exemplars.suffix(wanted.count) == wanted[...])
        #expect(after.exemplars.count < 600)
    }

    @Test func noneAreTakenWithoutRoom() throws {
        let folder = TemporaryFolder()
        var options = testOptions(folder)
        options.exemplarLimit = 0
        let database = try Database(options)
        #expect(!database.takesExemplars)
        #expect(try Self.append(database, "a", [Self.exemplar(1)]) == 0)
        #expect(try Self.all(database).isEmpty)
    }
}

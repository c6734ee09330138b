import JSON
import MetricModel
import Platform
import PromQLEngine
import PromQLSyntax
import QueryScripts
import StorageAPI
import TestKit
import Testing

/// The file of active queries and the query log.
@Suite struct JournalTests {
    /// Looks at the file of active queries while a query reads.
    private struct Spy: Queryable {
        let look: @Sendable () -> Void

        func querier(from start: Timestamp, through end: Timestamp) throws(StorageError) -> any Querier {
            look()
            throw StorageError(.io, "the disk is gone")
        }
    }

    private static func query(_ text: String, _ times: Query.Times = .instant(1_500_000_001_250)) throws
        -> Query
    {
        Query(try Expression.parse(text), at: times, text: text)
    }

    @Test func notesWhatIsRunning() throws {
        let disk = MemoryDisk()
        let file = try ActiveQueryFile(
            in: "data", slots: 2, disk: disk, clock: ManualClock(1_500_000_000_000))
        #expect(file.unfinished == nil)
        let journal = QueryJournal()
        journal.track(file)
        let engine = QueryEngine(journal: journal)
        let long = "up{a=\"\(String(repeating: "é\\\"", count: 1000))\"}"
        let spy = Spy {
            let inner = Spy {
                let bytes = (try? disk.readFile("data/queries.active")) ?? []
                #expect(bytes.count == 2001)
                let entry = Array("{\"query\":\"up\",\"timestamp_sec\":1500000000}".utf8)
                #expect(Array(bytes[1..<1 + entry.count]) == entry)
                #expect(bytes[1000] == UInt8(ascii: ","))
                #expect(bytes[2000] == UInt8(ascii: ","))
                // A crash now: what the next start finds is JSON, the long query cut.
                let found = try? ActiveQueryFile(in: "data", slots: 2, disk: disk).unfinished
                let queries = found.flatMap { try? JSONValue.parse($0) }?.array
                #expect(queries?.count == 2, "\(found ?? "nothing")")
                #expect(queries?[0]["query"]?.string == "up")
                #expect(queries?[1]["query"]?.string.map { long.hasPrefix($0) } == true)
            }
            #expect(throws: QueryError.self) {
                _ = try engine.evaluate(JournalTests.query(long), over: inner)
            }
        }
        #expect(throws: QueryError.self) { _ = try engine.evaluate(JournalTests.query("up"), over: spy) }
    }

    @Test func runsWithoutAFreeSlot() throws {
        let file = try ActiveQueryFile(in: "data", slots: 1, disk: MemoryDisk())
        let journal = QueryJournal()
        journal.track(file)
        let engine = QueryEngine(journal: journal)
        for _ in 0..<3 {
            let spy = Spy { _ = try? engine.evaluate(JournalTests.query("vector(1)"), over: MemoryStorage()) }
            #expect(throws: QueryError.self) { _ = try engine.evaluate(JournalTests.query("up"), over: spy) }
        }
    }

    @Test func logsQueries() throws {
        let folder = TemporaryFolder()
        let path = folder.path + "/query.log"
        let journal = QueryJournal(clock: ManualClock(1_600_000_000_123))
        let engine = QueryEngine(journal: journal)
        let storage = MemoryStorage()
        storage.append(Labels([("__name__", "up")]), 1_500_000_000_000, 1)
        _ = try engine.evaluate(JournalTests.query("up"), over: storage)
        try journal.log(to: path)
        #expect(journal.isLogging)
        _ = try engine.evaluate(
            JournalTests.query("up", .range(start: 1_500_000_000_000, end: 1_500_000_060_000, step: 30_000)),
            over: storage,
            origin: .request(clientAddress: "127.0.0.1", method: "GET", path: "/api/v1/query_range"),
            queueSeconds: 0.5)
        #expect(throws: QueryError.self) {
            _ = try engine.evaluate(
                JournalTests.query("up"), over: Spy {}, origin: .rule(file: "a.yml", group: "g"))
        }
        try journal.log(to: "")
        #expect(!journal.isLogging)
        _ = try engine.evaluate(JournalTests.query("up"), over: storage)

        let lines = try String(decoding: #require(SharedFolders.read(path)), as: UTF8.self).split(
            separator: "\n"
        ).map { try JSONValue.parse(String($0)) }
        try #require(lines.count == 2)
        #expect(lines[0]["time"]?.string == "2020-09-13T12:26:40.123Z")
        #expect(
            lines[0]["params"] == [
                "end": "2017-07-14T02:41:00.000Z", "query": "up", "start": "2017-07-14T02:40:00.000Z",
                "step": 30,
            ])
        #expect(
            lines[0]["httpRequest"] == [
                "clientIP": "127.0.0.1", "method": "GET", "path": "/api/v1/query_range",
            ])
        #expect(lines[0]["stats"]?["samples"]?["totalQueryableSamples"]?.int == 3)
        #expect(lines[0]["stats"]?["timings"]?["execQueueTime"]?.double == 0.5)
        #expect(lines[0]["error"] == nil)
        #expect(lines[1]["error"]?.string == "expanding series: the disk is gone")
        #expect(lines[1]["ruleGroup"] == ["file": "a.yml", "name": "g"])
    }

    @Test func keepsTheOldLogWhenTheNewOneCannotBeOpened() throws {
        let folder = TemporaryFolder()
        let journal = QueryJournal()
        try journal.log(to: folder.path + "/a.log")
        let error = #expect(throws: QueryError.self) { try journal.log(to: folder.path + "/nowhere/b.log") }
        #expect(error?.message.contains("nowhere/b.log: No such file") == true)
        #expect(journal.isLogging)
    }
}

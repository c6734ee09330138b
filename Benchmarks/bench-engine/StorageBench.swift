import MetricModel
import Platform
import StorageAPI
import TSDB

#if canImport(Glibc)
    import Glibc
#endif

/// Appending, replaying and reading: nanoseconds a sample and resident bytes a series.
enum StorageBench {
    /// - Parameters:
    ///   - seriesCount: in targets of 1000 series each.
    ///   - rounds: scrapes of every target.
    static func run(seriesCount: Int, rounds: Int) throws {
        var template = Array("/tmp/martlet-bench-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { return }
        let path = String(cString: made)
        defer { try? RealDisk().remove(path) }
        var options = DatabaseOptions(path: path)
        options.maintainsInBackground = false
        // Closing and opening are measured with and without.
        options.takesSnapshotOnClose = false
        let before = residentBytes()
        var database = try Database(options)
        let targets = max(1, seriesCount / 1000)
        let perTarget = seriesCount / targets
        var references: [[SeriesReference]] = []
        let samples = targets * perTarget * rounds
        let start: Int64 = 1_700_000_000_000
        measure("register", targets * perTarget, "series") {
            for target in 0..<targets {
                references.append(
                    (0..<perTarget).compactMap { i in
                        try? database.register(
                            Labels([
                                ("__name__", "metric_\(i % 50)_total"), ("instance", "10.0.0.\(target):9100"),
                                ("job", "node"), ("pod", "pod-\(i / 50)"), ("namespace", "default"),
                                ("path", "/api/v1/path/\(i % 20)"),
                            ]))
                    })
            }
        }
        var batch = SampleBatch()
        var values = [Double](repeating: 0, count: perTarget)
        measure("append", samples, "sample") {
            for round in 0..<rounds {
                for target in 0..<targets {
                    batch.removeAll()
                    let time = start + Int64(round) * 15_000 + Int64(target)
                    for i in 0..<perTarget {
                        if i % 3 != 0 { values[i] += Double((i * 31 + round) % 17) }
                        batch.append(references[target][i], time, values[i])
                    }
                    _ = try? database.append(batch)
                }
            }
        }
        let after = residentBytes()
        print("resident: \((after - before) / (targets * perTarget)) B/series, \(after >> 20) MiB in all")
        try read(database, samples, "read all")
        try read(database, samples, "read all again")
        database.close()
        let disk = RealDisk()
        print("log: \(Double(try disk.sizeOfTree(path + "/wal")) / Double(samples)) B/sample")
        try measure("replay", samples, "sample") { database = try Database(options) }
        measure("close", 1, "close") { database.close() }
        try measure("open by the log", 1, "start") { database = try Database(options) }
        database.close()
        options.takesSnapshotOnClose = true
        database = try Database(options)
        measure("close with a snapshot", 1, "close") { database.close() }
        for name in try disk.list(path) where name.hasPrefix("chunk_snapshot.") {
            print("snapshot: \(try disk.sizeOfTree(path + "/" + name) >> 10) KiB")
        }
        try measure("open by the snapshot", 1, "start") { database = try Database(options) }
        database.close()
    }

    private static func read(_ database: Database, _ samples: Int, _ name: String) throws {
        try measure(name, samples, "sample") {
            let querier = try database.querier(from: 0, through: .max)
            let set = try querier.select(
                [LabelMatcher("job", equals: "node")], hints: SelectHints(start: 0, end: .max))
            var columns = SampleColumns()
            var sum = 0.0
            for i in 0..<set.count {
                columns.removeAll()
                try set.read(i, from: 0, through: .max, into: &columns)
                sum += columns.values.last ?? 0
            }
            if sum.isNaN { print("impossible") }
        }
    }

    private static func measure(_ name: String, _ count: Int, _ unit: String, _ body: () throws -> Void)
        rethrows
    {
        let start = MonotonicTime.nanoseconds()
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        let cpuBefore = cpu(usage)
        try body()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        let wall = Double(MonotonicTime.nanoseconds() - start)
        print(
            "\(name): \(wall / Double(count)) ns/\(unit) wall, \(Double(cpu(usage) - cpuBefore) * 1000 / Double(count)) ns/\(unit) CPU"
        )
    }

    private static func cpu(_ usage: rusage) -> Int {
        (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1_000_000
            + Int(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec)
    }

    private static func residentBytes() -> Int {
        guard let text = try? RealDisk().open("/proc/self/statm", .read) else { return 0 }
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = (try? bytes.withUnsafeMutableBytes { try text.read(into: $0, at: 0) }) ?? 0
        let fields = String(decoding: bytes[..<count], as: UTF8.self).split(separator: " ")
        return fields.count > 1 ? (Int(fields[1]) ?? 0) * 4096 : 0
    }
}

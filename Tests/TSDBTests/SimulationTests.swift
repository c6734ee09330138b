import MetricModel
import Platform
import StorageAPI
import TestKit
import Testing

@testable import TSDB

#if canImport(Glibc)
    import Glibc
#endif

/// Seeded runs of a database on a disk that fails. `make simulate SEEDS=n` runs more of them;
/// `MARTLET_SIMULATION_SEED=x` repeats one.
@Suite struct SimulationTests {
    @Test func nothingAcknowledgedIsLost() throws {
        if let text = getenv("MARTLET_SIMULATION_SEED"), let seed = UInt64(String(cString: text)) {
            try Simulation(seed).run(steps: 400)
            return
        }
        let count = getenv("MARTLET_SIMULATION_SEEDS").flatMap { Int(String(cString: $0)) } ?? 15
        for _ in 0..<count {
            let seed = UInt64.random(in: 0 ... .max)
            do {
                try Simulation(seed).run(steps: 400)
            } catch {
                Issue.record("seed \(seed): \(error)")
            }
        }
    }

    /// The Nth call of the disk fails, for every N: whatever was answered stays.
    @Test(arguments: [DiskError.Kind.diskFull, .io]) func everyCallMayFail(_ kind: DiskError.Kind) throws {
        // Every call in `make simulate`; a fifth of them, another one each time, in `make test`.
        let stride = getenv("MARTLET_SIMULATION_SEEDS") == nil ? 5 : 1
        var number = Int.random(in: 1...stride)
        var isDone = false
        while !isDone, number < 2000 {
            let memory = MemoryDisk()
            let disk = FaultyDisk(memory)
            let failing = number
            disk.setJudge { count, _, _ in count == failing ? kind : nil }
            var acknowledged: [Int64: Double] = [:]
            do {
                let database = try Database(Simulation.options, clock: ManualClock(0), disk: disk)
                for time in 0..<40 {
                    if let result = try? database.add(
                        [("__name__", "a")], Int64(time) * 10_000, Double(time)),
                        result.storedCount == 1
                    {
                        acknowledged[Int64(time) * 10_000] = Double(time)
                    }
                    if time % 10 == 9 { try? database.maintain() }
                }
                isDone = disk.callCount < number
                database.abandon()
            } catch {
                // The directory could not be opened: nothing was promised.
            }
            disk.setJudge(nil)
            memory.killProcess()
            let again = try Database(Simulation.options, clock: ManualClock(0), disk: disk)
            var found: [Int64: Double] = [:]
            for sample in try again.dump()["a"] ?? [] { found[sample.timestamp] = sample.value }
            for (time, value) in acknowledged where found[time] != value {
                Issue.record("\(kind) at call \(number): the sample at \(time) is lost")
            }
            again.close()
            number += stride
        }
        #expect(isDone)
    }

    @Test func fullDiskRefusesAndHeals() throws {
        let memory = MemoryDisk()
        let disk = FaultyDisk(memory)
        var database = try Database(Simulation.options, clock: ManualClock(0), disk: disk)
        try database.add([("__name__", "a")], 1000, 1)
        disk.setJudge { _, call, _ in call == "write" ? .diskFull : nil }
        #expect { try database.add([("__name__", "a")], 2000, 2) } throws: {
            ($0 as? StorageError)?.kind == .diskFull
        }
        #expect(try database.dump()["a"]?.count == 1)
        // Also a restart while the disk is full comes up.
        database.close()
        database = try Database(Simulation.options, clock: ManualClock(0), disk: disk)
        #expect(try database.dump()["a"]?.count == 1)
        disk.setJudge(nil)
        #expect(try database.add([("__name__", "a")], 3000, 3).storedCount == 1)
        database.close()
        database = try Database(Simulation.options, clock: ManualClock(0), disk: disk)
        #expect(try database.dump()["a"]?.map(\.value) == [1, 3])
    }
}

/// One run: random work and random disasters, checked against a model.
private final class Simulation {
    static var options: DatabaseOptions {
        var options = DatabaseOptions(path: "data")
        options.maintainsInBackground = false
        options.walFsyncInterval = .max
        options.walSegmentSize = 64 << 10
        options.chunkRange = 60_000
        options.samplesPerChunk = 12
        options.retention = 0
        return options
    }

    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    private let seed: UInt64
    private var random: SeededGenerator
    private var memory = MemoryDisk()
    private var disk: FaultyDisk
    private var database: Database
    private var options = Simulation.options
    private let clock = ManualClock(1_000_000)
    private var time: Int64 = 1_000_000
    /// By series and time: the value, and whether a sync followed.
    private var model: [String: [Int64: (value: Double, isSynced: Bool)]] = [:]
    /// Answered with an error: such a sample may or may not be there later.
    private var attempted: [String: [Int64: Double]] = [:]
    private var log: [String] = []

    init(_ seed: UInt64) throws {
        self.seed = seed
        random = SeededGenerator(seed)
        disk = FaultyDisk(memory)
        if Bool.random(using: &random) { options.walFsyncInterval = 0 }
        if Bool.random(using: &random) { options.outOfOrderWindow = 30_000 }
        options.walCompression = WALCompression.allCases.randomElement(using: &random) ?? .snappy
        database = try Database(options, clock: clock, disk: disk)
    }

    func run(steps: Int) throws {
        for _ in 0..<steps {
            switch Int.random(in: 0..<100, using: &random) {
            case 0..<80: append()
            case 80..<86: try check()
            case 86..<90: sync()
            case 90..<94:
                log.append("maintain")
                try? database.maintain()
            case 94: failForAWhile()
            case 95: try restart("close") { self.database.close() }
            case 96: try restartWithTrouble()
            case 97: try restart("kill") { self.database.abandon() }
            default: try cutPower()
            }
        }
        try check()
    }

    private func append() {
        time += Int64.random(in: 1...4000, using: &random)
        clock.set(time)
        var batch = SampleBatch()
        /// Floats first, as in the batch.
        var items: [(name: String, time: Int64, value: Double)] = []
        var histograms: [(name: String, time: Int64, value: Double)] = []
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            let name = name()
            guard !items.contains(where: { $0.name == name }),
                !histograms.contains(where: { $0.name == name }),
                let reference = try? database.register(Labels([("__name__", name)]))
            else { continue }
            let value = Double(time) + Double(items.count)
            if name.hasPrefix("h") {
                batch.append(reference, time, Simulation.histogram(value, isInteger: name == "h0"))
                histograms.append((name, time, value))
            } else {
                let isLate = Int.random(in: 0..<10, using: &random) == 0
                let late = isLate ? Int64.random(in: 1...40_000, using: &random) : 0
                // Which of two values counts that come for one time is open, as in Prometheus.
                if isLate, model[name]?[time - late] != nil || attempted[name]?[time - late] != nil {
                    continue
                }
                batch.append(reference, time - late, value)
                items.append((name, time - late, value))
            }
        }
        items += histograms
        guard let result = try? database.append(batch) else {
            for item in items { attempted[item.name, default: [:]][item.time] = item.value }
            return
        }
        let refused = Set(result.refused.map(\.index))
        for (i, item) in items.enumerated() where !refused.contains(i) {
            model[item.name, default: [:]][item.time] = (item.value, options.walFsyncInterval == 0)
        }
    }

    /// Of a series that is always there, one that comes and goes, or one of histograms.
    private func name() -> String {
        switch Int.random(in: 0..<12, using: &random) {
        case 0..<6: return "s\(Int.random(in: 0..<6, using: &random))"
        case 6..<10: return "c\((time / 70_000 + Int64.random(in: 0...1, using: &random)) % 5)"
        default: return "h\(Int.random(in: 0..<2, using: &random))"
        }
    }

    private static func histogram(_ value: Double, isInteger: Bool) -> FloatHistogram {
        var histogram = FloatHistogram(schema: 2)
        histogram.isInteger = isInteger
        histogram.positiveSpans = [.init(offset: 0, length: 1)]
        histogram.positiveBuckets = [value]
        histogram.count = value
        return histogram
    }

    private func sync() {
        let before = database.metrics().first { $0.name == "prometheus_tsdb_wal_fsyncs_failed_total" }?.value
        database.syncLog()
        let after = database.metrics().first { $0.name == "prometheus_tsdb_wal_fsyncs_failed_total" }?.value
        guard before == after else { return }
        log.append("sync")
        for name in model.keys { model[name] = model[name]?.mapValues { ($0.value, true) } }
    }

    private func failForAWhile() {
        let kind: DiskError.Kind = Bool.random(using: &random) ? .diskFull : .io
        let first = Int.random(in: 1...20, using: &random)
        let last = first + Int.random(in: 0...20, using: &random)
        log.append("fail \(kind) \(first)...\(last)")
        disk.setJudge { number, call, _ in
            guard number >= first, number <= last else { return nil }
            return kind == .io || call == "write" || call == "open" || call == "mkdir" ? kind : nil
        }
        for _ in 0..<Int.random(in: 1...10, using: &random) {
            append()
            if Int.random(in: 0..<4, using: &random) == 0 { try? database.maintain() }
        }
        disk.setJudge(nil)
    }

    private func restart(_ name: String, _ end: () -> Void) throws {
        log.append(name)
        end()
        memory.killProcess()
        database = try Database(options, clock: clock, disk: disk)
        try check()
    }

    /// A clean end on a disk that fails, or one whose snapshot is damaged before the next start.
    private func restartWithTrouble() throws {
        if Bool.random(using: &random) {
            let first = Int.random(in: 1...40, using: &random)
            let last = first + Int.random(in: 0...3, using: &random)
            let kind: DiskError.Kind = Bool.random(using: &random) ? .diskFull : .io
            try restart("close while \(kind) \(first)...\(last)") {
                self.disk.setJudge { number, _, _ in number >= first && number <= last ? kind : nil }
                self.database.close()
                self.disk.setJudge(nil)
            }
            return
        }
        try restart("close and damage") {
            self.database.close()
            let files = self.memory.files.filter { $0.path.contains("/chunk_snapshot.") && $0.size > 0 }
            guard let file = files.randomElement(using: &self.random) else { return }
            self.memory.flipBit(
                file.path, at: Int.random(in: 0..<file.size, using: &self.random),
                bit: Int.random(in: 0..<8, using: &self.random))
        }
    }

    private func cutPower() throws {
        // A clean end makes all of it last.
        let isClean = Int.random(in: 0..<3, using: &random) == 0
        log.append(isClean ? "close and power cut" : "power cut")
        if isClean {
            database.close()
            for name in model.keys { model[name] = model[name]?.mapValues { ($0.value, true) } }
        } else {
            database.abandon()
        }
        memory = memory.afterPowerCut(&random)
        disk = FaultyDisk(memory)
        database = try Database(options, clock: clock, disk: disk)
        let found = try samples()
        for (name, samples) in model {
            for (time, sample) in samples {
                if let value = found[name]?[time] {
                    guard value == sample.value else {
                        throw failure("\(name) at \(time) is \(value), not \(sample.value)")
                    }
                } else if sample.isSynced {
                    throw failure("\(name) at \(time) was synced and is lost; \(database.damages)")
                }
            }
        }
        for (name, samples) in found {
            for (time, value) in samples
            where model[name]?[time]?.value != value && attempted[name]?[time] != value {
                throw failure("\(name) at \(time) was never written")
            }
        }
        // What survived is what counts from here on; the log was not synced again since.
        model = found.mapValues { $0.mapValues { ($0, true) } }
        try check()
    }

    private func samples() throws -> [String: [Int64: Double]] {
        var result: [String: [Int64: Double]] = [:]
        let set = try database.querier(from: .min, through: .max).select(
            [], hints: SelectHints(start: .min, end: .max))
        for i in 0..<set.count {
            var columns = SampleColumns()
            try set.read(i, from: .min, through: .max, into: &columns)
            let name = set.labels(at: i).description
            var times = columns.timestamps
            for sample in columns.samples { result[name, default: [:]][sample.timestamp] = sample.value }
            for (time, histogram) in zip(columns.histogramTimestamps, columns.histograms) {
                result[name, default: [:]][time] = histogram.count
                guard histogram.isInteger == (name == "h0") else { throw failure("\(name) changed its kind") }
            }
            times += columns.histogramTimestamps
            guard Set(times).count == times.count, columns.timestamps == columns.timestamps.sorted() else {
                throw failure("\(name) is not in order")
            }
        }
        return result
    }

    private func check() throws {
        let found = try samples()
        for (name, samples) in model {
            for (time, sample) in samples where found[name]?[time] != sample.value {
                throw failure(
                    "\(name) at \(time) is \(found[name]?[time].map { "\($0)" } ?? "lost"); \(database.damages)"
                )
            }
        }
        for (name, samples) in found {
            for (time, value) in samples
            where model[name]?[time]?.value != value && attempted[name]?[time] != value {
                throw failure("\(name) at \(time) = \(value) was never acknowledged")
            }
        }
    }

    private func failure(_ text: String) -> Failure {
        Failure(description: text + " after " + log.suffix(12).joined(separator: ", "))
    }
}

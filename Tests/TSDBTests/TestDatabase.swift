import MetricModel
import StorageAPI
import TestKit

@testable import TSDB

/// A repeatable source of random numbers; tests print the seed.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    /// A seed that differs from run to run, printed so that the run can be repeated.
    static func fresh(_ test: String = #function) -> SeededGenerator {
        let seed = UInt64.random(in: 0 ... .max)
        print("\(test): seed \(seed)")
        return SeededGenerator(seed)
    }
}

extension Database {
    /// Registers and appends one sample.
    @discardableResult
    func add(_ labels: [(String, String)], _ time: Int64, _ value: Double) throws -> AppendResult {
        let reference = try register(Labels(labels.map { (name: $0.0, value: $0.1) }))
        var batch = SampleBatch()
        batch.append(reference, time, value)
        return try append(batch)
    }

    /// All samples between the bounds, by the text of the labels.
    func dump(
        _ matchers: [LabelMatcher] = [], from start: Int64 = .min, through end: Int64 = .max
    ) throws -> [String: [Sample]] {
        let set = try querier(from: start, through: end).select(
            matchers, hints: SelectHints(start: start, end: end))
        var result: [String: [Sample]] = [:]
        for i in 0..<set.count {
            var columns = SampleColumns()
            try set.read(i, from: start, through: end, into: &columns)
            result[set.labels(at: i).description] = columns.samples
        }
        return result
    }
}

extension SampleColumns {
    var samples: [Sample] { zip(timestamps, values).map { Sample(timestamp: $0, value: $1) } }
}

/// Options for tests: no background work.
func testOptions(_ folder: TemporaryFolder, name: String = "data") -> DatabaseOptions {
    var options = DatabaseOptions(path: folder.path + "/" + name)
    options.maintainsInBackground = false
    return options
}

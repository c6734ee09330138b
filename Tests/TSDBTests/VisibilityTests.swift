import MetricModel
import StorageAPI
import Synchronization
import TestKit
import Testing

@testable import TSDB

@Suite struct VisibilityTests {
    /// Every batch gives all series the same value: a reader that sees two values saw half a batch.
    @Test func noReaderSeesHalfABatch() async throws {
        let folder = TemporaryFolder()
        let database = try Database(testOptions(folder))
        let references = try (0..<50).map {
            try database.register(Labels([("__name__", "m"), ("i", "\($0)")]))
        }
        let isDone = Flag()
        try await withThrowingTaskGroup(of: Int.self) { group in
            group.addTask {
                for round in 1...2000 {
                    var batch = SampleBatch()
                    for reference in references {
                        batch.append(reference, Int64(round) * 1000, Double(round))
                    }
                    _ = try database.append(batch)
                }
                isDone.set()
                return 0
            }
            for _ in 0..<2 {
                group.addTask {
                    var reads = 0
                    var columns = SampleColumns()
                    while !isDone.isSet {
                        let querier = try database.querier(from: 0, through: .max)
                        let set = try querier.select([], hints: SelectHints(start: 0, end: .max))
                        var newest: Set<Double> = []
                        for i in 0..<set.count {
                            columns.removeAll()
                            try set.read(i, from: 0, through: .max, into: &columns)
                            #expect(columns.values == (1...columns.count).map { Double($0) })
                            newest.insert(columns.values.last ?? 0)
                        }
                        #expect(newest.count <= 1)
                        #expect(set.count == 0 || set.count == 50)
                        reads += 1
                    }
                    return reads
                }
            }
            for try await _ in group {}
        }
    }
}

private final class Flag: Sendable {
    private let value = Atomic<Bool>(false)

    var isSet: Bool { value.load(ordering: .acquiring) }

    func set() { value.store(true, ordering: .releasing) }
}

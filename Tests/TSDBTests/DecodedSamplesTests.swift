import MetricModel
import Platform
import StorageAPI
import TestKit
import Testing

@testable import TSDB

@Suite struct DecodedSamplesTests {
    private func columns(_ values: [Double], from start: Int64 = 1000, every distance: Int64 = 15_000)
        -> SampleColumns
    {
        var columns = SampleColumns()
        for (i, value) in values.enumerated() { columns.append(start + Int64(i) * distance, value) }
        return columns
    }

    /// Bits, as NaN is not equal to itself.
    private func bits(_ columns: SampleColumns) -> [[UInt64]] {
        zip(columns.timestamps, columns.values).map { [UInt64(bitPattern: $0), $1.bitPattern] }
    }

    private static let kinds: [[Double]] = [
        (0..<200).map { Double($0 * 7) }, (0..<200).map { 4e9 + Double($0) }, (0..<64).map { _ in 5 },
        (0..<200).map { -Double($0) }, (0..<200).map { Double($0) * 0.1 },
        (0..<100).map { $0 % 9 == 0 ? -0.0 : 0 },
        (0..<100).map { $0 == 50 ? .staleMarker : Double($0) }, (0..<100).map { $0 == 50 ? .nan : .infinity },
        (0..<100).map { Double($0) * 1e9 }, (0..<100).map { 9e15 + Double($0) },
        (0..<100).map { $0 == 99 ? 1e300 : 1 },
        (0..<100).map { Double(Int64(1) << 51) + Double($0 - 50) },
    ]

    @Test(arguments: kinds) func allBitsComeBack(_ values: [Double]) throws {
        let whole = columns(values)
        let samples = try #require(DecodedSamples(whole))
        #expect(samples.byteCount <= 160 + 8 * values.count)
        let first = whole.timestamps[0]
        let last = whole.timestamps[values.count - 1]
        var bounds: [(Int64, Int64)] = [
            (.min, .max), (first, last), (first + 1, last - 1), (.min, first - 1), (last + 1, .max),
            (first, first),
            (last, last), (last, first), (.min, first), (last, .max), (first + 1, first + 14_999),
        ]
        for _ in 0..<50 {
            bounds.append(
                (
                    Int64.random(in: first - 20_000...last + 20_000),
                    Int64.random(in: first - 20_000...last + 20_000)
                ))
        }
        for (start, end) in bounds {
            var result = columns([1, 2], from: -100_000)
            samples.append(from: start, through: end, to: &result)
            var expected = columns([1, 2], from: -100_000)
            for (time, value) in zip(whole.timestamps, whole.values) where time >= start && time <= end {
                expected.append(time, value)
            }
            #expect(bits(result) == bits(expected), "\(start) \(end)")
        }
    }

    @Test func whatCameBeforeIsLeftOut() throws {
        var both = columns([1, 2, 3], from: -100_000, every: 7)
        let mark = both.mark
        let later = columns((0..<80).map { Double($0) * 3 })
        for (time, value) in zip(later.timestamps, later.values) { both.append(time, value) }
        #expect(DecodedSamples(both) == nil)
        let samples = try #require(DecodedSamples(both, since: mark))
        var result = SampleColumns()
        samples.append(from: .min, through: .max, to: &result)
        #expect(bits(result) == bits(later))
        #expect(samples.byteCount == 160 + 4 * 80)
    }

    @Test func whatIsNotEvenIsLeft() {
        let values = (0..<100).map(Double.init)
        #expect(DecodedSamples(columns(Array(values.prefix(63)))) == nil)
        #expect(DecodedSamples(SampleColumns()) == nil)
        var uneven = columns(values)
        uneven.timestamps[99] += 1
        #expect(DecodedSamples(uneven) == nil)
        var starts = columns(values)
        starts.append(starts.timestamps[99] + 15_000, 1, start: 5)
        #expect(DecodedSamples(starts) == nil)
        var histograms = columns(values)
        histograms.append(0, FloatHistogram(schema: 0))
        #expect(DecodedSamples(histograms) == nil)
        // Distances that are even only because they wrap around.
        #expect(DecodedSamples(columns((0..<100).map(Double.init), from: .min + 5, every: 0)) == nil)
        var wrapped = SampleColumns()
        for i in 0..<100 { wrapped.append(Int64.max - 50 &+ Int64(i), 1) }
        #expect(DecodedSamples(wrapped) == nil)
    }

    /// A database whose blocks are asked for several times, with what was appended.
    private func filled(_ folder: TemporaryFolder, decodedBytesMax: Int) throws -> (
        Database, [String: [Sample]]
    ) {
        var options = testOptions(folder)
        options.decodedBytesMax = decodedBytesMax
        options.retention = 0
        let database = try Database(options)
        return (database, try BlockTests.fill(database))
    }

    @Test func whatIsAskedForAgainIsKeptAndTheSame() throws {
        let folder = TemporaryFolder()
        let (database, model) = try filled(folder, decodedBytesMax: 64 << 20)
        #expect(try database.dump() == model)
        #expect(database.decoded.byteCount == 0)
        #expect(try database.dump() == model)
        #expect(database.decoded.byteCount > 0)
        #expect(try database.dump() == model)
        let middle = BlockTests.start + 3 * BlockTests.hour + 123_456
        for (start, end) in [(middle, Int64.max), (.min, middle), (middle, middle + BlockTests.hour)] {
            let part = try database.dump(from: start, through: end)
            let expected = model.mapValues { $0.filter { $0.timestamp >= start && $0.timestamp <= end } }
            #expect(part == expected.filter { !$0.value.isEmpty })
        }
    }

    @Test func deletedSamplesDoNotComeBack() throws {
        let folder = TemporaryFolder()
        let (database, model) = try filled(folder, decodedBytesMax: 64 << 20)
        for _ in 0..<3 { _ = try database.dump() }
        let (start, end) = (BlockTests.start + BlockTests.hour, BlockTests.start + 5 * BlockTests.hour)
        try database.deleteSeries([LabelMatcher("i", equals: "1")], from: start, through: end)
        let expected = model.mapValues { $0 }
        for _ in 0..<3 {
            for (name, samples) in try database.dump() {
                let isHit = name.contains("i=\"1\"")
                #expect(
                    samples == expected[name]?.filter { !isHit || $0.timestamp < start || $0.timestamp > end }
                )
            }
        }
    }

    @Test func memoryIsBoundedAndGivenBack() throws {
        let folder = TemporaryFolder()
        let (database, model) = try filled(folder, decodedBytesMax: 20_000)
        for _ in 0..<4 { #expect(try database.dump() == model) }
        #expect((1...20_000).contains(database.decoded.byteCount))
        try database.maintain()
        #expect(database.decoded.byteCount > 0)
        try database.maintain()
        #expect(database.decoded.byteCount == 0)
        let (other, otherModel) = try filled(TemporaryFolder(), decodedBytesMax: 0)
        for _ in 0..<3 { #expect(try other.dump() == otherModel) }
        #expect(other.decoded.byteCount == 0)
    }

    @Test func damagedSeriesAreNotKept() throws {
        let folder = TemporaryFolder()
        var (database, _) = try filled(folder, decodedBytesMax: 64 << 20)
        let disk = RealDisk()
        let path = try #require(try disk.list(database.options.path).first(where: ULID.isValid))
        database.close()
        let file = try disk.open(database.options.path + "/" + path + "/chunks/000001", .update)
        try [UInt8](repeating: 0xA5, count: 8).withUnsafeBytes { try file.write($0, at: 40) }
        database = try Database(database.options)
        let first = try database.dump()
        for _ in 0..<3 { #expect(try database.dump() == first) }
        let warnings = try database.querier(from: .min, through: .max).select(
            [], hints: SelectHints(start: .min, end: .max)
        ).warnings
        #expect(!warnings.isEmpty)
    }
}

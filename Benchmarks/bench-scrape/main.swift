import MetricModel
import Platform
import Scraping
import StorageAPI
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

// A body of 100,000 samples, read again and again: what a known line costs, and what a new one does.
//
//     swift run -c release bench-scrape [samples]

/// Takes everything and keeps nothing.
final class NullStore: SampleStore {
    private let count = Atomic<UInt64>(0)

    func register(_ labels: Labels) throws(StorageError) -> SeriesReference {
        SeriesReference(count.add(1, ordering: .relaxed).newValue)
    }

    func append(_ batch: borrowing SampleBatch) throws(StorageError) -> AppendResult {
        AppendResult(storedCount: batch.count)
    }
}

/// Families of 200 series; every fifth value is a float with an exponent.
func makeBody(samples: Int) -> [UInt8] {
    var text = ""
    for line in 0..<samples {
        let family = line / 200
        if line % 200 == 0 {
            text +=
                "# HELP bench_family_\(family)_total Requests that were served.\n# TYPE bench_family_\(family)_total counter\n"
        }
        let values = ["1", "\(line * 37)", "\(line).25", "1.23456789e+09", "0.000\(line)"]
        text +=
            "bench_family_\(family)_total{path=\"/api/v1/resource/\(line % 200)\",method=\"GET\",status=\"200\",pod=\"pod-\(line % 17)-abcdef\"} \(values[line % 5])\n"
    }
    return Array(text.utf8)
}

/// Reads the body over and over and prints what a sample costs.
func runBenchmark(samples: Int) throws {
    let body = makeBody(samples: samples)
    var probe = try ScrapeProbe(store: NullStore())
    var batch = SampleBatch()
    func measure(_ bytes: UnsafeBufferPointer<UInt8>, _ time: Timestamp) throws -> Double {
        batch.removeAll()
        let start = MonotonicTime.nanoseconds()
        let count = try probe.read(bytes, at: time, into: &batch)
        return Double(MonotonicTime.nanoseconds() - start) / Double(max(count, 1))
    }
    print("\(samples) samples, \(body.count / max(samples, 1)) bytes each")
    print("new lines: \(Int(try body.withUnsafeBufferPointer { try measure($0, 1000) })) ns/sample")
    var times: [Double] = []
    for round in 2..<202 {
        times.append(try body.withUnsafeBufferPointer { try measure($0, Int64(round) * 1000) })
    }
    times.sort()
    print("known lines: best \(Int(times[0])), median \(Int(times[100])) ns/sample (200 runs)")
}

try runBenchmark(samples: CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 100_000)

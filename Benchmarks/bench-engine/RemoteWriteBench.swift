import MetricModel
import Platform
import RemoteStorage
import TSDB
import Wire

#if canImport(Glibc)
    import Glibc
#endif

/// Remote write requests into a database in a temporary folder: decompressing, decoding, logging and
/// storing. Requests are as Prometheus sends them: 2000 samples of as many series.
enum RemoteWriteBench {
    static func run(seriesCount: Int = 20_000, rounds: Int = 40) throws {
        let folder = "/tmp/bench-remote-\(getpid())"
        defer { try? RealDisk().remove(folder) }
        var options = DatabaseOptions(path: folder)
        options.maintainsInBackground = false
        let database = try Database(options)
        defer { database.close() }
        let receiver = try RemoteWriteReceiver(store: database)
        let start = SystemClock().now() - Int64(rounds) * 15_000
        let perRequest = min(2000, seriesCount)
        var best = UInt64.max
        var total: UInt64 = 0
        for round in 0..<rounds {
            var bodies: [[UInt8]] = []
            for first in stride(from: 0, to: seriesCount, by: perRequest) {
                bodies.append(
                    body(first..<min(first + perRequest, seriesCount), start + Int64(round) * 15_000, round))
            }
            let begin = MonotonicTime.nanoseconds()
            for body in bodies {
                _ = try body.withUnsafeBytes { bytes throws(RemoteStorageError) in
                    try receiver.receive(bytes, as: .version1)
                }
            }
            let time = MonotonicTime.nanoseconds() - begin
            // The first round makes the series.
            if round == 0 {
                print("remote write, new series: \(time / UInt64(seriesCount)) ns a series")
            } else {
                best = min(best, time)
                total += time
            }
        }
        let mean = total / UInt64(max(rounds - 1, 1))
        print(
            "remote write, known series: best \(best / UInt64(seriesCount)) ns, mean \(mean / UInt64(seriesCount)) ns a sample"
        )
    }

    private static func body(_ series: Range<Int>, _ time: Int64, _ round: Int) -> [UInt8] {
        var request = ByteBuffer()
        for number in series {
            request.appendProtobuf(1) { message in
                for (name, value) in [
                    ("__name__", "http_requests_total"), ("code", "200"), ("handler", "/api/v1/query_range"),
                    ("instance", "host-\(number):9090"),
                    ("job", "prometheus"), ("replica", "a"),
                ] {
                    message.appendProtobuf(1) { pair in
                        pair.appendProtobuf(1, string: name)
                        pair.appendProtobuf(2, string: value)
                    }
                }
                message.appendProtobuf(2) { sample in
                    sample.appendProtobuf(1, double: Double(number + round * 3))
                    sample.appendProtobuf(2, varint: UInt64(time))
                }
            }
        }
        var compressed = ByteBuffer()
        Snappy.compress(request.bytes, into: &compressed)
        return Array(compressed.bytes)
    }
}

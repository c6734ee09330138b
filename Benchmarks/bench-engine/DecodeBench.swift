import Platform
import TSDB

/// Decoding XOR chunks of 120 samples, each kind of series by itself, and copying samples that are kept decoded.
enum DecodeBench {
    static func run(small: Bool = false) {
        let count = 120 * (small ? 10 : 1000)
        let times = (0..<Int64(count)).map { 1_700_000_000_000 + $0 * 15_000 }
        var state: UInt64 = 1
        func random(_ bound: UInt64) -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 33) % bound
        }
        func counter(_ step: () -> Double) -> [Double] {
            var total = 1000.0
            return times.map { _ in
                total += step()
                return total
            }
        }
        let kinds: [(String, [Int64], [Double])] = [
            ("values that do not change", times, times.map { _ in 4 }),
            ("counters of whole numbers", times, counter { Double(random(50)) }),
            ("counters of decimals", times, counter { Double(random(5000)) / 1000 }),
            ("gauges of bytes", times, times.map { _ in Double(4096 * (50_000 + random(2000))) }),
            (
                "the same, times off by some ms", times.map { $0 + Int64(random(5)) },
                counter { Double(random(50)) }
            ),
        ]
        for (name, times, values) in kinds {
            let chunks = DecoderProbe.encodeXOR(times, values)
            let bytes = chunks.reduce(0) { $0 + $1.count }
            var best = UInt64.max
            var sum = 0.0
            for _ in 0..<(small ? 2 : 30) {
                let start = MonotonicTime.nanoseconds()
                for chunk in chunks { sum += chunk.withUnsafeBytes { DecoderProbe.decodeXOR($0) } }
                best = min(best, MonotonicTime.nanoseconds() - start)
            }
            let each = Double(best) / Double(values.count)
            let size = Double(bytes) / Double(values.count)
            print(
                "decode \(name): \(each.rounded(to: 2)) ns a sample, \(size.rounded(to: 2)) bytes (sum \(sum > 0))"
            )
            runKept(name, times, values, small)
        }
    }

    private static func runKept(_ name: String, _ times: [Int64], _ values: [Double], _ small: Bool) {
        // A block of two hours at 15 s.
        let count = min(values.count, 480)
        guard var kept = DecoderProbe.Kept(Array(times[..<count]), Array(values[..<count])) else { return }
        let rounds = small ? 10 : 1000
        var best = UInt64.max
        var sum = 0.0
        for _ in 0..<(small ? 2 : 30) {
            let start = MonotonicTime.nanoseconds()
            for _ in 0..<rounds { sum += kept.read() }
            best = min(best, MonotonicTime.nanoseconds() - start)
        }
        let each = Double(best) / Double(count * rounds)
        let size = Double(kept.byteCount) / Double(count)
        print(
            "kept decoded \(name): \(each.rounded(to: 2)) ns a sample, \(size.rounded(to: 2)) bytes (sum \(sum > 0))"
        )
    }
}

extension Double {
    fileprivate func rounded(to digits: Int) -> Double {
        let factor = [1.0, 10, 100][min(digits, 2)]
        return (self * factor).rounded() / factor
    }
}

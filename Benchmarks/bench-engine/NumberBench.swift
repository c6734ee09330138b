import MetricModel
import Platform

#if canImport(Glibc)
    import Glibc
#endif

/// Numbers as text: points of a query's answer, and values of an exposition body.
enum NumberBench {
    static func run(small: Bool = false) {
        let count = small ? 1000 : 200_000
        var state: UInt64 = 42
        func random() -> Double {
            state = state &* 6364136223846793005 &+ 1442695040888963407
            return Double(state >> 11) / 9_007_199_254_740_992
        }
        let sets: [(name: String, values: [Double])] = [
            ("whole numbers", (0..<count).map { _ in (random() * 1e6).rounded() }),
            ("rates (16 to 17 digits)", (0..<count).map { _ in random() * 100 }),
            ("short decimals", (0..<count).map { _ in (random() * 1e5).rounded() / 1000 }),
        ]
        for (name, values) in sets {
            points(name, values)
            exposition(name, values)
        }
    }

    private static func points(_ name: String, _ values: [Double]) {
        let room = UnsafeMutablePointer<UInt8>.allocate(capacity: values.count * 64)
        defer { room.deallocate() }
        var byteCount = 0
        report("point, \(name)", values.count) {
            var place = room
            var time: Int64 = 1_700_000_000_123
            for value in values {
                place[0] = UInt8(ascii: "[")
                place = FloatText.writeSeconds(milliseconds: time, at: place + 1)
                place[0] = UInt8(ascii: ",")
                place[1] = UInt8(ascii: "\"")
                place = FloatText.write(value, style: .json, at: place + 2)
                place[0] = UInt8(ascii: "\"")
                place[1] = UInt8(ascii: "]")
                place[2] = UInt8(ascii: ",")
                place += 3
                time += 15_000
            }
            byteCount = place - room
        }
        precondition(byteCount > values.count, "BUG: nothing was written")
    }

    private static func exposition(_ name: String, _ values: [Double]) {
        var output: [UInt8] = []
        report("append, \(name)", values.count) {
            output.removeAll(keepingCapacity: true)
            for value in values { FloatText.append(value, style: .exposition, to: &output) }
        }
        precondition(!output.isEmpty, "BUG: nothing was written")
    }

    private static func report(_ name: String, _ count: Int, _ body: () -> Void) {
        var times: [UInt64] = []
        for _ in 0..<9 {
            let start = MonotonicTime.nanoseconds()
            body()
            times.append(MonotonicTime.nanoseconds() - start)
        }
        times.sort()
        func nanoseconds(_ time: UInt64) -> String { "\((Double(time) / Double(count) * 10).rounded() / 10)" }
        print("\(name): best \(nanoseconds(times[0])) ns, median \(nanoseconds(times[4])) ns")
    }
}

import JSON
import MetricModel

/// How many buckets of a histogram have observations, over its samples.
struct BucketUsage: CustomStringConvertible {
    var least = Int.max
    var mean = 0.0
    var most = 0
    /// Buckets in all samples, populated or not.
    var total = 0

    /// Nil for fewer than two samples.
    init?(native series: RangeAnswer) {
        guard series.histograms.count > 1 else { return nil }
        var all: Set<[String]> = []
        add(
            series.histograms.map { point in
                let buckets = point.histogram["buckets"]?.array ?? []
                for bucket in buckets {
                    all.insert((bucket.array ?? []).prefix(3).map { $0.string ?? $0.text() })
                }
                return buckets.count
            })
        total = all.count
    }

    /// Nil for fewer than two samples.
    ///
    /// - Throws: `ExitCode` when the buckets' samples are not at the same times.
    init?(classic buckets: [RangeAnswer]) throws {
        func bound(_ bucket: RangeAnswer) -> Double {
            FloatText.parse(bucket.labels.value(of: "le") ?? "") ?? 0
        }
        let buckets = buckets.sorted { bound($0) < bound($1) }
        guard let first = buckets.first, first.points.count > 1 else { return nil }
        var populated: [Int] = []
        for (step, point) in first.points.enumerated() {
            var count = point.value >= 1 ? 1 : 0
            for (lower, upper) in zip(buckets, buckets.dropFirst()) {
                // The last scrape may have come between the series: what is there counts.
                guard step < lower.points.count, step < upper.points.count else { break }
                guard lower.points[step].time == upper.points[step].time else {
                    throw ServerConnection.failure("matrix result is not time aligned")
                }
                if abs(upper.points[step].value - lower.points[step].value) >= 1 { count += 1 }
            }
            populated.append(count)
        }
        add(populated)
        total = buckets.count
    }

    private mutating func add(_ counts: [Int]) {
        least = counts.min() ?? 0
        most = counts.max() ?? 0
        mean = Double(counts.reduce(0, +)) / Double(max(counts.count, 1))
    }

    var description: String {
        "\(least)/\(GoText.fixed3(mean))/\(most)" + (most == total ? "" : "/\(total)")
    }

    /// Least, mean and most over series.
    struct Summary: CustomStringConvertible {
        private struct Spread: Equatable, CustomStringConvertible {
            var least = Int.max
            var most = 0
            var sum = 0
            var count = 0

            mutating func add(_ number: Int) {
                least = min(least, number)
                most = max(most, number)
                sum += number
                count += 1
            }

            var description: String {
                "\(least)/\(GoText.fixed3(Double(sum) / Double(max(count, 1))))/\(most)"
            }
        }

        private var least = Spread()
        private var mean = Spread()
        private var most = Spread()
        private var total = Spread()

        var count: Int { least.count }

        mutating func add(_ usage: BucketUsage) {
            least.add(usage.least)
            mean.add(Int(usage.mean))
            most.add(usage.most)
            total.add(usage.total)
        }

        var description: String {
            """
            histogram series (\(count) in total):
            - min populated: \(least)
            - avg populated: \(mean)
            - max populated: \(most)\(most == total ? "" : "\n- total: \(total)")
            """
        }
    }
}

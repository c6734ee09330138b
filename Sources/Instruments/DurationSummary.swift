public import Exposition
import Synchronization

/// A summary with one label, or none: quantiles over the last observations, sum and count. For what other
/// programs have as a summary; a histogram says more.
public final class DurationSummary: Collector {
    private struct Window {
        var recent: [Double] = []
        var next = 0
        var sum = 0.0
        var count: UInt64 = 0

        mutating func add(_ seconds: Double) {
            if recent.count < windowSize {
                recent.append(seconds)
            } else {
                recent[next] = seconds
                next = (next + 1) % windowSize
            }
            sum += seconds
            count += 1
        }
    }

    private static let windowSize = 500
    private static let quantiles = [0.01, 0.05, 0.5, 0.9, 0.99]

    private let name: String
    private let help: String
    private let label: String
    private let windows = Mutex<[String: Window]>([:])

    /// - Parameter label: the label's name; "" for a summary without.
    public init(name: String, help: String, label: String = "") {
        self.name = name
        self.help = help
        self.label = label
    }

    /// - Parameter seconds: the observed duration.
    public func observe(_ seconds: Double, label value: String = "") {
        windows.withLock { windows in
            // Intervals come from the configuration and from relabeling: few, but not trusted to be.
            if windows[value] == nil, windows.count >= 200 { return }
            windows[value, default: Window()].add(seconds)
        }
    }

    public var familyNames: [String] { [name] }

    public func write(_ familyName: String, to writer: inout ExpositionWriter) {
        let windows = windows.withLock { $0 }
        writer.begin(name, .summary, help: help)
        for (value, window) in windows.sorted(by: { $0.key < $1.key }) {
            let labels = label.isEmpty ? [] : ExpositionWriter.renderLabels([label], [value])
            let sorted = window.recent.sorted()
            for quantile in Self.quantiles {
                let index = min(Int(quantile * Double(sorted.count)), sorted.count - 1)
                writer.sample(suffix: "", labels: labels, bound: "quantile", quantile, value: sorted[index])
            }
            writer.sample(suffix: "_sum", labels: labels, value: window.sum)
            writer.sample(suffix: "_count", labels: labels, value: Double(window.count))
        }
    }
}

/// Finds out which time the damage of a log covers: from the last record with samples before it to the
/// first one behind it.
struct LogGaps {
    struct Gap {
        var text: String
        var file: String
        /// Inclusive.
        var times: ClosedRange<Int64>
    }

    private var last: ClosedRange<Int64>?
    private var open: [(text: String, file: String, start: Int64)] = []
    private(set) var gaps: [Gap] = []

    /// Damage stands here in the log.
    mutating func damage(_ text: String, file: String) {
        open.append((text, file, last?.lowerBound ?? .min))
    }

    /// A sound record with samples of these times.
    mutating func record(_ times: ClosedRange<Int64>) {
        last = times
        if open.isEmpty { return }
        close(times.upperBound)
    }

    /// The log ends; nothing in it is later than `time`.
    mutating func end(_ time: Int64) { close(max(time, last?.upperBound ?? .min)) }

    private mutating func close(_ end: Int64) {
        for place in open {
            gaps.append(
                Gap(text: place.text, file: place.file, times: min(place.start, end)...max(place.start, end)))
        }
        open = []
    }
}

import MetricModel

#if canImport(Glibc)
    import Glibc
#endif

/// Warnings and infos of one evaluation: unique by text, in order of appearance. A later one with the
/// same text takes the place of the one before.
struct Annotations: Sendable {
    enum Level: Sendable {
        case warning
        case info
    }

    enum Detail: Sendable {
        case none
        case monotonicity(MonotonicityRepair)
        /// How often it happened.
        case occurrences(Int)
    }

    private struct Entry {
        var level: Level
        var text: String
        /// Byte offset in the query.
        var place: Int
        var detail: Detail
    }

    private var entries: [Entry] = []
    private var indexes: [String: Int] = [:]

    var isEmpty: Bool { entries.isEmpty }

    mutating func add(_ level: Level, _ text: String, at place: Int, detail: Detail = .none) {
        guard let index = indexes[text] else {
            indexes[text] = entries.count
            entries.append(Entry(level: level, text: text, place: place, detail: detail))
            return
        }
        let old = entries[index].detail
        switch (detail, old) {
        case (.monotonicity(let new), .monotonicity(let old)):
            entries[index].detail = .monotonicity(old.merged(new))
        case (.occurrences(let new), .occurrences(let old)): entries[index].detail = .occurrences(new + old)
        default: entries[index].place = place
        }
    }

    mutating func merge(_ other: Annotations) {
        for entry in other.entries { add(entry.level, entry.text, at: entry.place, detail: entry.detail) }
    }

    /// The same at another place of the query.
    func moved(by distance: Int) -> Annotations {
        var result = self
        for index in result.entries.indices { result.entries[index].place += distance }
        return result
    }

    /// The texts with line and column in the query.
    func texts(_ level: Level, query: String) -> [String] {
        let bytes = Array(query.utf8)
        return entries.filter { $0.level == level }.map { entry in
            "\(entry.text)\(entry.detail.text) (\(Annotations.place(entry.place, in: bytes)))"
        }
    }

    private static func place(_ offset: Int, in query: [UInt8]) -> String {
        let before = query.prefix(offset)
        let line = before.count { $0 == UInt8(ascii: "\n") } + 1
        let column = offset - (before.lastIndex(of: UInt8(ascii: "\n")) ?? -1)
        return "\(line):\(column)"
    }
}

/// What had to be changed so that the buckets of a classic histogram do not decrease.
struct MonotonicityRepair: Sendable {
    /// Milliseconds since 1970.
    var firstTime: Timestamp
    var lastTime: Timestamp
    var lowestBound: Double
    var highestBound: Double
    var largestDifference: Double
    var count = 1

    func merged(_ other: MonotonicityRepair) -> MonotonicityRepair {
        MonotonicityRepair(
            firstTime: min(firstTime, other.firstTime), lastTime: max(lastTime, other.lastTime),
            lowestBound: min(lowestBound, other.lowestBound),
            highestBound: max(highestBound, other.highestBound),
            largestDifference: max(largestDifference, other.largestDifference), count: count + other.count)
    }
}

extension Annotations.Detail {
    fileprivate var text: String {
        switch self {
        case .none: return ""
        case .occurrences(let count): return count > 1 ? " (\(count) occurrences)" : ""
        case .monotonicity(let repair):
            func number(_ value: Double) -> String { FloatText.string(value, style: .exposition) }
            return
                ", from buckets \(number(repair.lowestBound)) to \(number(repair.highestBound)), with a max diff of "
                + "\(twoDigits(repair.largestDifference)), over \(repair.count) samples from \(CalendarDate.text(repair.firstTime)) "
                + "to \(CalendarDate.text(repair.lastTime))"
        }
    }

    /// `%.2g`.
    private func twoDigits(_ value: Double) -> String {
        var buffer = [CChar](repeating: 0, count: 32)
        let length = withVaList([value]) { vsnprintf(&buffer, buffer.count, "%.2g", $0) }
        return String(
            decoding: buffer.prefix(max(Int(length), 0)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// A time zone of the system's database: when its clocks are how far from UTC.
///
/// Source: RFC 9636 (TZif), and POSIX' TZ for the times after the last transition.
package struct TimeZoneFile: Sendable {
    /// A day that a year has once: the `week`th `weekday` of `month`, 5 for the last.
    private struct YearDay: Sendable {
        let month: Int64
        let week: Int64
        /// 0 is Sunday.
        let weekday: Int64
        /// Seconds after midnight; may be negative or beyond the day.
        let seconds: Int64

        /// Seconds since 1970 as if the clocks showed UTC.
        func time(in year: Int64) -> Int64 {
            var civil = CivilTime(milliseconds: 0)
            (civil.year, civil.month, civil.day) = (year, month, 1)
            let first = civil.milliseconds / 86_400_000
            civil.addMonths(1)
            let length = civil.milliseconds / 86_400_000 - first
            // 1970 began on a Thursday.
            let firstWeekday = ((first + 4) % 7 + 7) % 7
            var day = (weekday - firstWeekday + 7) % 7 + (week - 1) * 7
            while day >= length { day -= 7 }
            return (first + day) * 86_400 + seconds
        }
    }

    private struct Summer: Sendable {
        let offset: Int64
        let start: YearDay
        let end: YearDay
    }

    /// Seconds since 1970, ascending, and the seconds to add to UTC from then on.
    private var transitions: [(time: Int64, offset: Int64)] = []
    private var firstOffset: Int64 = 0
    /// After the last transition.
    private var standard: Int64?
    private var summer: Summer?

    private static let folder = "/usr/share/zoneinfo/"

    /// - Parameter name: for instance "Europe/Berlin".
    /// - Returns: nil for one that this system does not know.
    package static func read(_ name: String) -> TimeZoneFile? {
        let isName =
            name.utf8.count <= 64
            && name.split(separator: "/").allSatisfy { part in
                part.first?.isLetter == true
                    && part.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_-+".contains($0)) }
            }
        guard isName, !name.hasPrefix("/"), let bytes = try? FileTree.read(folder + name) else { return nil }
        return TimeZoneFile(bytes)
    }

    init?(_ bytes: [UInt8]) {
        func number(_ position: Int, _ count: Int) -> Int64 {
            var value: UInt64 = 0
            for index in position..<position + count { value = value << 8 | UInt64(bytes[index]) }
            let shift = 64 - UInt64(count * 8)
            return Int64(bitPattern: value << shift) >> Int64(shift)
        }
        /// Counts of a header, all small, and where its data begins.
        func header(_ start: Int) -> (counts: [Int], data: Int)? {
            guard start + 44 <= bytes.count, bytes[start..<start + 4].elementsEqual("TZif".utf8) else {
                return nil
            }
            let counts = (0..<6).map { Int(number(start + 20 + $0 * 4, 4)) }
            guard counts.allSatisfy({ (0...10_000).contains($0) }) else { return nil }
            return (counts, start + 44)
        }
        // isut, isstd, leap, time, type, char
        guard let old = header(0), bytes[4] >= UInt8(ascii: "2") else { return nil }
        let skipped =
            old.counts[3] * 5 + old.counts[4] * 6 + old.counts[5] + old.counts[2] * 8 + old.counts[1]
            + old.counts[0]
        guard let new = header(old.data + skipped) else { return nil }
        let (times, types) = (new.counts[3], new.counts[4])
        let indexes = new.data + times * 8
        let kinds = indexes + times
        let footer = kinds + types * 6 + new.counts[5] + new.counts[2] * 12 + new.counts[1] + new.counts[0]
        guard types > 0, footer < bytes.count else { return nil }
        firstOffset = number(kinds, 4)
        for index in 0..<times {
            let kind = Int(bytes[indexes + index])
            guard kind < types else { return nil }
            transitions.append((number(new.data + index * 8, 8), number(kinds + kind * 6, 4)))
        }
        let text = String(decoding: bytes[footer...].filter { $0 != 0x0A }, as: UTF8.self)
        guard text.isEmpty || readRule(text) else { return nil }
    }

    /// `CET-1CEST,M3.5.0,M10.5.0/3`
    private mutating func readRule(_ text: String) -> Bool {
        var rest = Substring(text)
        func skipName() -> Bool {
            if rest.first == "<" {
                guard let end = rest.firstIndex(of: ">") else { return false }
                rest = rest[rest.index(after: end)...]
                return true
            }
            let name = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(name.count)
            return !name.isEmpty
        }
        func clock(_ part: Substring) -> Int64? {
            let isNegative = part.first == "-"
            let parts = part.drop { $0 == "-" || $0 == "+" }.split(separator: ":").map { Int64($0) }
            guard (1...3).contains(parts.count),
                parts.allSatisfy({ $0.map { (0..<1000).contains($0) } ?? false })
            else {
                return nil
            }
            let seconds = zip(parts, [3600, 60, 1]).reduce(Int64(0)) { $0 + ($1.0 ?? 0) * $1.1 }
            return isNegative ? -seconds : seconds
        }
        func offset() -> Int64? {
            let part = rest.prefix { $0.isNumber || "+-:".contains($0) }
            rest = rest.dropFirst(part.count)
            return clock(part).map { -$0 }
        }
        func yearDay(_ part: Substring) -> YearDay? {
            let halves = part.split(separator: "/")
            let numbers = halves.first?.dropFirst().split(separator: ".").compactMap { Int64($0) } ?? []
            guard part.first == "M", numbers.count == 3, (1...12).contains(numbers[0]),
                (1...5).contains(numbers[1]), (0...6).contains(numbers[2]),
                let seconds = halves.count > 1 ? clock(halves[1]) : 7200
            else { return nil }
            return YearDay(month: numbers[0], week: numbers[1], weekday: numbers[2], seconds: seconds)
        }
        guard skipName(), let standard = offset() else { return false }
        self.standard = standard
        guard !rest.isEmpty else { return true }
        guard skipName() else { return false }
        let summerOffset = rest.first == "," ? standard + 3600 : offset()
        let parts = rest.split(separator: ",")
        guard let summerOffset, parts.count == 2, let start = yearDay(parts[0]), let end = yearDay(parts[1])
        else { return false }
        summer = Summer(offset: summerOffset, start: start, end: end)
        return true
    }

    /// Milliseconds to add to UTC.
    ///
    /// - Parameter time: milliseconds since 1970.
    package func offset(at time: Int64) -> Int64 {
        let seconds = time / 1000
        var (low, high) = (0, transitions.count)
        while low < high {
            let middle = (low + high) / 2
            if transitions[middle].time <= seconds { low = middle + 1 } else { high = middle }
        }
        if low == transitions.count, let standard {
            guard let summer else { return standard * 1000 }
            let year = CivilTime(milliseconds: (seconds + standard) * 1000).year
            let start = summer.start.time(in: year) - standard
            let end = summer.end.time(in: year) - summer.offset
            let isSummer = start < end ? (start..<end).contains(seconds) : !(end..<start).contains(seconds)
            return (isSummer ? summer.offset : standard) * 1000
        }
        return (low == 0 ? firstOffset : transitions[low - 1].offset) * 1000
    }
}

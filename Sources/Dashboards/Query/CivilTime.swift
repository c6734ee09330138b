/// Date and time of day in UTC, in the proleptic Gregorian calendar.
public struct CivilTime: Sendable, Equatable {
    public var year: Int64
    /// 1 ... 12
    public var month: Int64
    /// 1 ... 31
    public var day: Int64
    public var millisecondOfDay: Int64

    public init(milliseconds: Int64) {
        var days = milliseconds / 86_400_000
        var rest = milliseconds % 86_400_000
        if rest < 0 {
            rest += 86_400_000
            days -= 1
        }
        millisecondOfDay = rest
        // Days from 0000-03-01, so that the leap day is the last of a year (H. Hinnant's method).
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// Reads `2026-01-31`, `2026-01-31T10:20:30Z` and `…30.250Z`.
    public init?(iso text: String) {
        let bytes = Array(text.utf8)
        func number(_ range: Range<Int>) -> Int64? {
            guard range.upperBound <= bytes.count,
                bytes[range].allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
            else { return nil }
            return Int64(String(decoding: bytes[range], as: UTF8.self))
        }
        guard bytes.count >= 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        (self.year, self.month, self.day, millisecondOfDay) = (year, month, day, 0)
        guard bytes.count > 10 else { return }
        guard bytes.count >= 19, bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: " "),
            let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
            hour < 24, minute < 60, second < 60
        else { return nil }
        millisecondOfDay = ((hour * 60 + minute) * 60 + second) * 1000
        if bytes.count >= 23, bytes[19] == UInt8(ascii: "."), let fraction = number(20..<23) {
            millisecondOfDay += fraction
        }
    }

    public var milliseconds: Int64 {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let shiftedMonth = month > 2 ? month - 3 : month + 9
        let dayOfYear = (153 * shiftedMonth + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return (era * 146_097 + dayOfEra - 719_468) * 86_400_000 + millisecondOfDay
    }

    /// Moves the month; a day that the new month lacks becomes its last.
    public mutating func addMonths(_ count: Int64) {
        let total = year * 12 + (month - 1) + count
        year = total >= 0 ? total / 12 : (total - 11) / 12
        month = total - year * 12 + 1
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths: [Int64] = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        day = min(day, lengths[Int(month - 1)])
    }

    /// For instance "2026-01-31T10:20:30Z".
    public var iso: String {
        func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let seconds = millisecondOfDay / 1000
        let paddedYear = String(repeating: "0", count: max(0, 4 - String(year).count)) + String(year)
        return
            "\(paddedYear)-\(two(month))-\(two(day))T\(two(seconds / 3600)):\(two(seconds / 60 % 60)):\(two(seconds % 60))Z"
    }
}

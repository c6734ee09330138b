public import MetricModel

/// Points in time as RFC 3339 writes them: `2015-07-01T20:10:51.781Z`.
public enum RFC3339 {
    /// Days from 1970-01-01 to a date of the Gregorian calendar.
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        // Years that begin in March put the leap day at their end.
        let y = month <= 2 ? year - 1 : year
        let era = (y >= 0 ? y : y - 399) / 400
        let yearOfEra = y - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    private static func date(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let z = days + 719_468
        let era = (z >= 0 ? z : z - 146_096) / 146_097
        let dayOfEra = z - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
    }

    /// The time in UTC, with milliseconds when there are any. Years beyond four digits are written in
    /// full, as Go does.
    public static func text(_ timestamp: Timestamp) -> String {
        let day = floorDivide(timestamp, 86_400_000)
        var rest = timestamp &- day &* 86_400_000
        let (year, month, dayOfMonth) = date(days: day)
        let milliseconds = rest % 1000
        rest /= 1000
        var result = year < 0 ? "-" : ""
        result +=
            padded(year.magnitude, 4) + "-" + padded(month.magnitude, 2) + "-"
            + padded(dayOfMonth.magnitude, 2)
        result +=
            "T" + padded((rest / 3600).magnitude, 2) + ":" + padded((rest / 60 % 60).magnitude, 2) + ":"
            + padded((rest % 60).magnitude, 2)
        if milliseconds != 0 {
            var fraction = padded(milliseconds.magnitude, 3)
            while fraction.hasSuffix("0") { fraction.removeLast() }
            result += "." + fraction
        }
        return result + "Z"
    }

    private static func padded(_ value: UInt64, _ width: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }

    static func floorDivide(_ a: Int64, _ b: Int64) -> Int64 {
        a / b - (a % b < 0 ? 1 : 0)
    }

    /// The time that a text stands for, rounded down to milliseconds: four-digit year, `T`, `Z` or a
    /// numeric offset, any number of fraction digits. Nil for anything else.
    public static func parse(_ text: String) -> Timestamp? {
        let bytes = Array(text.utf8.prefix(64))
        guard text.utf8.count <= 64, bytes.count >= 20 else { return nil }
        func number(_ start: Int, _ count: Int) -> Int64? {
            guard start + count <= bytes.count else { return nil }
            var value: Int64 = 0
            for byte in bytes[start..<(start + count)] {
                let digit = byte &- UInt8(ascii: "0")
                guard digit < 10 else { return nil }
                value = value * 10 + Int64(digit)
            }
            return value
        }
        guard let year = number(0, 4), bytes[4] == UInt8(ascii: "-"), let month = number(5, 2),
            bytes[7] == UInt8(ascii: "-"),
            let day = number(8, 2), bytes[10] == UInt8(ascii: "T"), let hour = number(11, 2),
            bytes[13] == UInt8(ascii: ":"),
            let minute = number(14, 2), bytes[16] == UInt8(ascii: ":"), let second = number(17, 2)
        else { return nil }
        guard (1...12).contains(month), hour < 24, minute < 60, second < 60, day >= 1,
            day <= length(of: month, in: year)
        else { return nil }
        var position = 19
        var milliseconds: Int64 = 0
        if bytes[position] == UInt8(ascii: ".") {
            let start = position + 1
            position = start
            while position < bytes.count, bytes[position] &- UInt8(ascii: "0") < 10 { position += 1 }
            guard position > start else { return nil }
            for i in 0..<3 {
                let digit = start + i < position ? Int64(bytes[start + i] - UInt8(ascii: "0")) : 0
                milliseconds = milliseconds * 10 + digit
            }
        }
        guard position < bytes.count else { return nil }
        var offset: Int64 = 0
        switch bytes[position] {
        case UInt8(ascii: "Z"): position += 1
        case UInt8(ascii: "+"), UInt8(ascii: "-"):
            guard let hours = number(position + 1, 2), position + 6 <= bytes.count,
                bytes[position + 3] == UInt8(ascii: ":"),
                let minutes = number(position + 4, 2), hours < 24, minutes < 60
            else { return nil }
            offset = (hours * 60 + minutes) * 60_000 * (bytes[position] == UInt8(ascii: "-") ? -1 : 1)
            position += 6
        default: return nil
        }
        guard position == bytes.count else { return nil }
        let seconds = days(year: year, month: month, day: day) * 86_400 + hour * 3600 + minute * 60 + second
        return seconds * 1000 + milliseconds - offset
    }

    private static func length(of month: Int64, in year: Int64) -> Int64 {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        default: 31
        }
    }
}

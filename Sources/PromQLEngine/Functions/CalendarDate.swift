import MetricModel

/// A day of the Gregorian calendar in UTC, from seconds since 1970. Source: the civil-from-days
/// arithmetic over eras of 400 years.
struct CalendarDate {
    var year: Int64
    /// 1 ... 12.
    var month: Int64
    /// 1 ... 31.
    var day: Int64
    /// Seconds since midnight.
    var secondOfDay: Int64
    private var dayNumber: Int64

    /// - Parameter seconds: any; beyond the years that fit they are clamped.
    init(seconds: Int64) {
        let seconds = min(max(seconds, -1_000_000_000_000_000_000), 1_000_000_000_000_000_000)
        dayNumber = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
        secondOfDay = seconds - dayNumber * 86_400
        let shifted = dayNumber + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    var isLeapYear: Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

    /// 0 is Sunday.
    var weekday: Int64 { ((dayNumber + 4) % 7 + 7) % 7 }

    var daysInMonth: Int64 {
        switch month {
        case 2: isLeapYear ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// 1 ... 366.
    var dayOfYear: Int64 {
        let before: [Int64] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]
        return before[Int(month - 1)] + day + (month > 2 && isLeapYear ? 1 : 0)
    }

    /// RFC 3339 without fraction, from milliseconds.
    static func text(_ time: Timestamp) -> String {
        let date = CalendarDate(seconds: time / 1000)
        func padded(_ value: Int64, _ width: Int) -> String {
            let text = String(value)
            return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
        }
        return "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))T"
            + "\(padded(date.secondOfDay / 3600, 2)):\(padded(date.secondOfDay / 60 % 60, 2)):\(padded(date.secondOfDay % 60, 2))Z"
    }
}

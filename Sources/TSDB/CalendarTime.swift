/// A moment in the Gregorian calendar, UTC.
struct CalendarTime {
    let year: Int
    let month: Int
    let day: Int
    let secondOfDay: Int

    /// - Parameter milliseconds: since 1970.
    init(milliseconds: Int64) {
        let seconds = Int((Double(milliseconds) / 1000).rounded(.down))
        var days = seconds / 86_400
        var rest = seconds % 86_400
        if rest < 0 {
            rest += 86_400
            days -= 1
        }
        secondOfDay = rest
        // Howard Hinnant's civil_from_days, with years that begin in March.
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// `20060102T150405Z`.
    var compactText: String {
        WALFormat.padded(year, 4) + WALFormat.padded(month, 2) + WALFormat.padded(day, 2) + "T"
            + WALFormat.padded(secondOfDay / 3600, 2) + WALFormat.padded(secondOfDay / 60 % 60, 2)
            + WALFormat.padded(secondOfDay % 60, 2) + "Z"
    }
}

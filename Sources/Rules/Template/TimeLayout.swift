#if canImport(Glibc)
    import Glibc
#endif

/// A time that is written as a layout of Go shows it for 2006-01-02 15:04:05 MST.
struct TimeLayout {
    /// Since 1970 in UTC.
    let seconds: Double
    /// What the clocks are ahead of UTC, in seconds.
    var offset: Int64 = 0
    var zone = "UTC"

    /// Go's time without a value: the first of January of the year 1.
    static let zero = -62_135_596_800.0

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
        "November", "December",
    ]
    private static let weekdays = [
        "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
    ]

    /// What layouts may hold; of two that fit the one that stands first counts.
    private static let marks = [
        "2006", "January", "Monday", "Jan", "Mon", "MST", "002", "01", "02", "03", "04", "05", "06", "15",
        "PM", "pm", "Z07:00", "Z0700", "-07:00", "-0700", "-07", "_2", "1", "2", "3", "4", "5",
    ]

    func text(_ layout: String) -> String {
        guard seconds.isFinite, seconds.magnitude < 1e12 else { return "\(seconds)" }
        let milliseconds = Int64((seconds * 1000).rounded(.down))
        let fraction = ((milliseconds % 1000) + 1000) % 1000
        var whole = time_t((milliseconds - fraction) / 1000 + offset)
        var parts = tm()
        gmtime_r(&whole, &parts)
        var result = ""
        var rest = Substring(layout)
        while let first = rest.first {
            if first == "." || first == ",", let digits = TimeLayout.fraction(rest) {
                result +=
                    digits.isTrimmed
                    ? trimmed(fraction, digits.count, first) : padded(fraction, digits.count, first)
                rest = rest.dropFirst(1 + digits.count)
                continue
            }
            // "Jan" inside of a word such as "Janet" is no month.
            guard
                let mark = TimeLayout.marks.first(where: { mark in
                    guard rest.hasPrefix(mark) else { return false }
                    let isShort = mark == "Jan" || mark == "Mon"
                    return !isShort || rest.dropFirst(3).first?.isLowercase != true
                })
            else {
                result.append(first)
                rest = rest.dropFirst()
                continue
            }
            result += shown(mark, parts)
            rest = rest.dropFirst(mark.count)
        }
        return result
    }

    private func shown(_ mark: String, _ time: tm) -> String {
        func wide(_ value: Int32, _ width: Int = 2, _ filler: String = "0") -> String {
            let digits = String(value)
            return String(repeating: filler, count: max(0, width - digits.count)) + digits
        }
        func name(_ names: [String], _ index: Int32) -> String {
            names.indices.contains(Int(index)) ? names[Int(index)] : ""
        }
        let hour = time.tm_hour % 12 == 0 ? 12 : time.tm_hour % 12
        switch mark {
        case "2006": return wide(time.tm_year + 1900, 4)
        case "06": return wide((time.tm_year + 1900) % 100)
        case "January": return name(TimeLayout.months, time.tm_mon)
        case "Jan": return String(name(TimeLayout.months, time.tm_mon).prefix(3))
        case "01": return wide(time.tm_mon + 1)
        case "1": return wide(time.tm_mon + 1, 1)
        case "Monday": return name(TimeLayout.weekdays, time.tm_wday)
        case "Mon": return String(name(TimeLayout.weekdays, time.tm_wday).prefix(3))
        case "02": return wide(time.tm_mday)
        case "_2": return wide(time.tm_mday, 2, " ")
        case "2": return wide(time.tm_mday, 1)
        case "002": return wide(time.tm_yday + 1, 3)
        case "15": return wide(time.tm_hour)
        case "03": return wide(hour)
        case "3": return wide(hour, 1)
        case "04": return wide(time.tm_min)
        case "4": return wide(time.tm_min, 1)
        case "05": return wide(time.tm_sec)
        case "5": return wide(time.tm_sec, 1)
        case "PM": return time.tm_hour < 12 ? "AM" : "PM"
        case "pm": return time.tm_hour < 12 ? "am" : "pm"
        case "MST": return zone
        default:
            if mark.hasPrefix("Z"), offset == 0 { return "Z" }
            let minutes = Int32(clamping: offset.magnitude / 60)
            let sign = offset < 0 ? "-" : "+"
            if mark == "-07" { return sign + wide(minutes / 60) }
            return sign + wide(minutes / 60) + (mark.contains(":") ? ":" : "") + wide(minutes % 60)
        }
    }

    /// How many digits a fraction wants that begins the text, and whether zeros at its end are left out.
    private static func fraction(_ text: Substring) -> (count: Int, isTrimmed: Bool)? {
        guard let digit = text.dropFirst().first, digit == "0" || digit == "9" else { return nil }
        let digits = text.dropFirst().prefix { $0 == digit }
        if text.dropFirst(1 + digits.count).first?.isNumber == true { return nil }
        return (digits.count, digit == "9")
    }

    private func padded(_ fraction: Int64, _ count: Int, _ point: Character) -> String {
        let digits = String(1000 + fraction).dropFirst()
        return "\(point)" + digits.prefix(count) + String(repeating: "0", count: max(0, min(count, 9) - 3))
    }

    private func trimmed(_ fraction: Int64, _ count: Int, _ point: Character) -> String {
        var digits = padded(fraction, count, point)
        while digits.hasSuffix("0") { digits.removeLast() }
        return digits.count > 1 ? digits : ""
    }
}

/// Times as dashboards write them: milliseconds since 1970, `now`, `now-6h`, `now-1d/d`, ISO 8601.
public enum TimeText {
    /// Milliseconds since 1970.
    ///
    /// - Parameters:
    ///   - now: milliseconds since 1970.
    ///   - isEnd: rounding (`/d`) goes to the end of the unit instead of its start.
    /// - Throws: `invalidInput`.
    public static func parse(_ text: String, now: Int64, isEnd: Bool) throws(DashboardsError) -> Int64 {
        let invalid = DashboardsError(
            .invalidInput, "invalid time range: got \"\(text)\", want milliseconds or now-6h")
        if let number = Double(text) {
            guard number.isFinite else { throw invalid }
            let limit = Double(PanelQuery.timeMax)
            return Int64(min(max(number, -limit), limit))
        }
        if let moment = CivilTime(iso: text) { return moment.milliseconds }
        guard text.hasPrefix("now") else { throw invalid }
        var rest = text.dropFirst(3)
        var time = now
        while let sign = rest.first {
            rest = rest.dropFirst()
            let digits = rest.prefix(while: \.isNumber)
            rest = rest.dropFirst(digits.count)
            guard let unit = rest.first else { throw invalid }
            rest = rest.dropFirst()
            switch sign {
            case "/":
                guard digits.isEmpty, let rounded = round(time, to: unit, isEnd: isEnd)
                else { throw invalid }
                time = rounded
            case "+", "-":
                guard let count = digits.isEmpty ? 1 : Int64(digits), count <= 1_000_000_000,
                    let moved = move(time, by: sign == "-" ? -count : count, unit: unit)
                else { throw invalid }
                time = moved
            default: throw invalid
            }
            // At each step, so that calendar arithmetic stays far from the ends of Int64.
            time = min(max(time, -PanelQuery.timeMax), PanelQuery.timeMax)
        }
        return time
    }

    private static func move(_ time: Int64, by count: Int64, unit: Character) -> Int64? {
        let lengths: [Character: Int64] = [
            "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000,
        ]
        if let length = lengths[unit] {
            let product = count.multipliedReportingOverflow(by: length)
            let sum = time.addingReportingOverflow(product.partialValue)
            return product.overflow || sum.overflow ? nil : sum.partialValue
        }
        guard abs(count) <= 1_000_000 else { return nil }
        var civil = CivilTime(milliseconds: time)
        switch unit {
        case "M": civil.addMonths(count)
        case "Q": civil.addMonths(3 * count)
        case "y": civil.addMonths(12 * count)
        default: return nil
        }
        return civil.milliseconds
    }

    /// Start or last millisecond of the unit in UTC; weeks begin on Monday.
    private static func round(_ time: Int64, to unit: Character, isEnd: Bool) -> Int64? {
        func floored(_ length: Int64, _ origin: Int64 = 0) -> Int64 {
            let remainder = (time - origin) % length
            return time - (remainder < 0 ? remainder + length : remainder)
        }
        let start: Int64
        switch unit {
        case "s": start = floored(1000)
        case "m": start = floored(60_000)
        case "h": start = floored(3_600_000)
        case "d": start = floored(86_400_000)
        // The epoch was a Thursday.
        case "w": start = floored(604_800_000, 4 * 86_400_000)
        case "M", "Q", "y":
            var civil = CivilTime(milliseconds: time)
            if unit == "Q" { civil.month -= (civil.month - 1) % 3 }
            if unit == "y" { civil.month = 1 }
            (civil.day, civil.millisecondOfDay) = (1, 0)
            start = civil.milliseconds
        default: return nil
        }
        guard isEnd else { return start }
        return move(start, by: 1, unit: unit).map { $0 - 1 }
    }
}

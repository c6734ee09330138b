public import JSON

/// Times in which policies that name it tell nobody, or tell only then.
public struct MuteTiming: Sendable {
    /// One of its intervals: all that is given must hold.
    struct Interval: Sendable {
        /// Minutes of the day, the second not included.
        var times: [Range<Int>] = []
        /// 0 is Sunday.
        var weekdays: [ClosedRange<Int>] = []
        /// Negative ones count from the month's end.
        var days: [ClosedRange<Int>] = []
        var months: [ClosedRange<Int>] = []
        var years: [ClosedRange<Int>] = []
        /// nil for UTC.
        var zone: TimeZoneFile?
    }

    public let name: String
    let intervals: [Interval]
    /// As it came.
    public var body: JSONObject
    public internal(set) var provenance = Provenance.none

    private static let weekdayNames = [
        "sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday",
    ]
    private static let monthNames = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
        "november", "december",
    ]

    /// - Throws: `invalidInput` that names place and key; also for a time zone that the system does not have.
    public init(_ object: JSONObject, place: String = "mute timing") throws(DashboardsError) {
        name = try StrictMembers(object, place).need("name")
        let members = StrictMembers(object, "\(place) \"\(name.prefix(80))\"")
        guard name.utf8.count <= AlertRule.nameBytesMax else {
            throw members.failure("name", "at most \(AlertRule.nameBytesMax) bytes are taken")
        }
        var intervals: [Interval] = []
        for (index, item) in try members.list("time_intervals", most: 200).enumerated() {
            intervals.append(try Interval(item, "\(members.place): time_intervals[\(index)]"))
        }
        self.intervals = intervals
        body = object
        for key in ["orgId", "orgID", "provenance", "version"] { body[key] = nil }
    }

    /// Whether a time lies in one of the intervals.
    ///
    /// - Parameter time: milliseconds since 1970.
    public func contains(_ time: Int64) -> Bool { intervals.contains { $0.contains(time) } }

    /// In the form of the provisioning API.
    public var json: JSONObject {
        var result = body
        result["name"] = .string(name)
        result.setDefault("time_intervals", [])
        result["version"] = ""
        if provenance != .none { result["provenance"] = .string(provenance.rawValue) }
        return result
    }

    fileprivate static func range(
        _ text: String, names: [String], first: Int, in bounds: ClosedRange<Int>, _ members: StrictMembers,
        _ key: String
    ) throws(DashboardsError) -> ClosedRange<Int> {
        func number(_ part: Substring) -> Int? {
            let word = String(part.filter { $0 != " " }).lowercased()
            return names.firstIndex(of: word).map { $0 + first } ?? Int(word)
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard let begin = parts.first.flatMap(number), let end = parts.last.flatMap(number), parts.count <= 2,
            bounds.contains(begin), bounds.contains(end), begin <= end
        else { throw members.failure(key, "\"\(text)\" is no range") }
        return begin...end
    }
}

extension MuteTiming.Interval {
    init(_ value: JSONValue, _ place: String) throws(DashboardsError) {
        let members = try StrictMembers(value, place)
        if let name = try members.text("location"), name != "UTC" {
            guard let zone = TimeZoneFile.read(name) else {
                throw members.failure(
                    "location", "this system has no time zone \"\(name.prefix(80))\"; \"UTC\" is always there"
                )
            }
            self.zone = zone
        }
        for item in try members.list("times", most: 50) {
            let time = try StrictMembers(item, place + ".times")
            let start = try MuteTiming.Interval.minutes(try time.need("start_time"), time, "start_time")
            let end = try MuteTiming.Interval.minutes(try time.need("end_time"), time, "end_time")
            guard start < end else { throw time.failure("end_time", "it is not after start_time") }
            times.append(start..<end)
        }
        for text in try members.texts("weekdays", most: 50) {
            weekdays.append(
                try MuteTiming.range(
                    text, names: MuteTiming.weekdays, first: 0, in: 0...6, members, "weekdays"))
        }
        for text in try members.texts("days_of_month", most: 50) {
            let range = try MuteTiming.range(
                text, names: [], first: 1, in: -31...31, members, "days_of_month")
            guard range.lowerBound != 0, range.upperBound != 0 else {
                throw members.failure("days_of_month", "there is no day 0")
            }
            days.append(range)
        }
        for text in try members.texts("months", most: 50) {
            months.append(
                try MuteTiming.range(text, names: MuteTiming.months, first: 1, in: 1...12, members, "months"))
        }
        for text in try members.texts("years", most: 50) {
            years.append(
                try MuteTiming.range(text, names: [], first: 1, in: 0...100_000, members, "years"))
        }
    }

    private static func minutes(
        _ text: String, _ members: StrictMembers, _ key: String
    ) throws(DashboardsError) -> Int {
        let parts = text.split(separator: ":")
        guard parts.count == 2, let hour = Int(parts[0]), let minute = Int(parts[1]), (0...24).contains(hour),
            (0...59).contains(minute), hour < 24 || minute == 0
        else { throw members.failure(key, "want a time such as 08:30, got \"\(text)\"") }
        return hour * 60 + minute
    }

    func contains(_ moment: Int64) -> Bool {
        let time = moment + (zone?.offset(at: moment) ?? 0)
        let civil = CivilTime(milliseconds: time)
        let day = Int(civil.day)
        // 1970 began on a Thursday.
        let elapsed = time >= 0 ? time / 86_400_000 : (time - 86_399_999) / 86_400_000
        let weekday = Int(((elapsed + 4) % 7 + 7) % 7)
        let minute = Int(civil.millisecondOfDay / 60_000)
        var next = CivilTime(milliseconds: time)
        next.day = 1
        let first = next.milliseconds
        next.addMonths(1)
        let length = Int((next.milliseconds - first) / 86_400_000)
        func holds(_ ranges: [ClosedRange<Int>], _ value: Int) -> Bool {
            ranges.isEmpty || ranges.contains { $0.contains(value) }
        }
        let fitsDay =
            days.isEmpty
            || days.contains { range in
                let low = range.lowerBound < 0 ? length + 1 + range.lowerBound : range.lowerBound
                let high = range.upperBound < 0 ? length + 1 + range.upperBound : range.upperBound
                return low <= day && day <= high
            }
        return (times.isEmpty || times.contains { $0.contains(minute) }) && holds(weekdays, weekday)
            && fitsDay
            && holds(months, Int(civil.month)) && holds(years, Int(civil.year))
    }
}

extension MuteTiming {
    fileprivate static var weekdays: [String] { weekdayNames }
    fileprivate static var months: [String] { monthNames }
}

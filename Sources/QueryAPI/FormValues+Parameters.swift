import MetricModel
import PromQLSyntax
import WebServer

/// Times, durations, limits and selectors as the parameters of a request write them.
extension FormValues {
    /// The bounds of times that stand for "no bound", milliseconds; Prometheus' own, as text and number.
    static let minTime: Timestamp = -9_223_309_901_257_974_000
    static let maxTime: Timestamp = 9_223_309_901_257_974_999
    static let minTimeText = "-292273086-05-16T16:47:06Z"
    static let maxTimeText = "292277025-08-18T07:12:54.999999999Z"

    /// A time: seconds since 1970 with fraction, or RFC 3339. Milliseconds.
    ///
    /// - Throws: `badData` when it is missing or malformed.
    func time(_ name: String) throws(APIError) -> Timestamp {
        let text = self[name] ?? ""
        guard let time = FormValues.time(text) else {
            throw .parameter(name, "cannot parse \(LabelText.quoted(text)) to a valid timestamp")
        }
        return time
    }

    /// The same with a default for a missing one.
    func time(_ name: String, default: Timestamp) throws(APIError) -> Timestamp {
        guard let text = self[name], !text.isEmpty else { return `default` }
        guard let time = FormValues.time(text) else {
            throw .parameter(
                name,
                "invalid time value for '\(name)': cannot parse \(LabelText.quoted(text)) to a valid timestamp"
            )
        }
        return time
    }

    static func time(_ text: String) -> Timestamp? {
        if let seconds = FloatText.parse(text) {
            // Far enough from the ends of the type for sums with durations; about 285,000 years.
            guard seconds.magnitude < 9e12 else { return nil }
            let whole = seconds.rounded(.towardZero)
            let fraction = ((seconds - whole) * 1000).rounded(.toNearestOrAwayFromZero)
            return Int64(whole) * 1000 + Int64(fraction)
        }
        if text == minTimeText { return minTime }
        if text == maxTimeText { return maxTime }
        return RFC3339.parse(text)
    }

    /// A length of time: seconds with fraction, or Prometheus' form (`5m`). Milliseconds, rounded
    /// towards zero.
    ///
    /// - Throws: `badData` when it is missing or malformed.
    func duration(_ name: String) throws(APIError) -> Int64 {
        do {
            return try FormValues.duration(self[name] ?? "")
        } catch {
            throw .parameter(name, error.message)
        }
    }

    static func duration(_ text: String) throws(APIError) -> Int64 {
        if let seconds = FloatText.parse(text) {
            // Go counts nanoseconds in 64 bits.
            guard (seconds * 1e9).magnitude <= 9.223372036854775e18 else {
                throw APIError(
                    .badData, "cannot parse \(LabelText.quoted(text)) to a valid duration. It overflows int64"
                )
            }
            return Int64((seconds * 1000).rounded(.towardZero))
        }
        guard let duration = DurationText.parse(text) else {
            throw APIError(.badData, "cannot parse \(LabelText.quoted(text)) to a valid duration")
        }
        return duration
    }

    /// The most results wanted; 0 when there is no bound.
    func limit() throws(APIError) -> Int {
        guard let text = self["limit"], !text.isEmpty else { return 0 }
        guard let limit = Int(text) else {
            throw .parameter("limit", "strconv.Atoi: parsing \(LabelText.quoted(text)): invalid syntax")
        }
        guard limit >= 0 else { throw .parameter("limit", "limit must be non-negative") }
        return limit
    }

    /// A whole number under another name; nil when it is not given.
    func number(_ name: String) throws(APIError) -> Int? {
        guard let text = self[name], !text.isEmpty else { return nil }
        guard let number = Int(text) else { throw APIError(.badData, "\(name) must be a number") }
        return number
    }

    /// The selectors of `match[]`, each with at least one matcher that no empty value passes.
    ///
    /// - Parameter compilesPatterns: see `ParserOptions`.
    func selectors(_ name: String = "match[]", compilesPatterns: Bool = true) throws(APIError)
        -> [[LabelMatcher]]
    {
        var options = ParserOptions()
        options.compilesPatterns = compilesPatterns
        var result: [[LabelMatcher]] = []
        for text in all(name) { result.append(try FormValues.selector(text, options)) }
        return result
    }

    /// One selector with at least one matcher that no empty value passes.
    static func selector(_ text: String, _ options: ParserOptions = ParserOptions()) throws(APIError)
        -> [LabelMatcher]
    {
        do {
            let matchers = try Expression.parseSelector(text, options: options)
            if matchers.contains(where: { !$0.matchesEmpty }) { return matchers }
        } catch {
            guard error.message.hasPrefix("vector selector must contain") else {
                throw APIError(.badData, error.description)
            }
        }
        throw APIError(.badData, "match[] must contain at least one non-empty matcher")
    }
}

extension Int {
    /// One more, so that a full answer is told from a cut one; 0 stays "no bound".
    var oneMoreThanLimit: Int { self > 0 && self < .max ? self + 1 : self }
}

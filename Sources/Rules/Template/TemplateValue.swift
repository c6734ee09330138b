import MetricModel

#if canImport(Glibc)
    import Glibc
#endif

/// A value of the template language.
enum TemplateValue: Sendable {
    case none
    case bool(Bool)
    case int(Int64)
    case float(Double)
    case string(String)
    /// Fields by name. A missing one is the empty text in label sets, nothing elsewhere.
    case map([String: TemplateValue], isLabels: Bool)
    case list([TemplateValue])
    /// Seconds since 1970.
    case time(Double)
    /// Seconds.
    case duration(Double)

    static func labels(_ pairs: some Sequence<(name: String, value: String)>) -> TemplateValue {
        var map: [String: TemplateValue] = [:]
        for (name, value) in pairs { map[name] = .string(value) }
        return .map(map, isLabels: true)
    }

    /// A number with labels; it prints as the number.
    static func named(_ value: Template.NamedValue) -> TemplateValue {
        .map(
            [
                "Labels": labels(value.labels.pairs), "Value": .float(value.value),
                textMember: .string(FloatText.plain(value.value)),
            ], isLabels: false)
    }

    /// The member, which no template can name, that says how a map is printed.
    private static let textMember = ""

    /// Whether `if` takes it for true: anything but zero values and empty collections.
    var isTrue: Bool {
        switch self {
        case .none: false
        case .bool(let value): value
        case .int(let value): value != 0
        case .float(let value): value != 0
        case .string(let value): !value.isEmpty
        case .map(let map, _): !map.isEmpty
        case .list(let items): !items.isEmpty
        case .time: true
        case .duration(let value): value != 0
        }
    }

    /// How the value is printed.
    var text: String {
        switch self {
        case .none: "<no value>"
        case .bool(let value): String(value)
        case .int(let value): String(value)
        case .float(let value): FloatText.string(value, style: .exposition)
        case .string(let value): value
        case .map(let map, isLabels: false) where map[Self.textMember] != nil:
            map[Self.textMember]?.text ?? ""
        case .map(let map, _):
            "map["
                + map.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value.text)" }.joined(separator: " ")
                + "]"
        case .list(let items): "[" + items.map(\.text).joined(separator: " ") + "]"
        case .time(let seconds): TimeText.format(seconds)
        case .duration(let seconds):
            DurationText.format(milliseconds: Int64(exactly: (seconds * 1000).rounded()) ?? 0)
        }
    }

    /// The number that a function wants.
    ///
    /// - Throws: `template`.
    func number() throws(RulesError) -> Double {
        switch self {
        case .float(let value), .duration(let value), .time(let value): return value
        case .int(let value): return Double(value)
        case .string(let text):
            if let value = FloatText.parse(text) { return value }
            throw RulesError(.template, "cannot read the number \(LabelText.quoted(text))")
        default: throw RulesError(.template, "cannot use \(text) as a number")
        }
    }
}

/// Times as Go prints them in UTC.
enum TimeText {
    /// `2015-07-01 02:03:04.5 +0000 UTC`.
    static func format(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds.magnitude < 1e12 else {
            return FloatText.string(seconds, style: .exposition)
        }
        let milliseconds = Int64((seconds * 1000).rounded())
        var whole = time_t(milliseconds >= 0 ? milliseconds / 1000 : (milliseconds - 999) / 1000)
        let rest = milliseconds - Int64(whole) * 1000
        var parts = tm()
        gmtime_r(&whole, &parts)
        func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
        var fraction = ""
        if rest > 0 {
            fraction = "." + String(1000 + rest).dropFirst()
            while fraction.hasSuffix("0") { fraction.removeLast() }
        }
        let date = "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
        return "\(date) \(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))\(fraction) +0000 UTC"
    }
}

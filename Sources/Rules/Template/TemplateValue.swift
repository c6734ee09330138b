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
    /// Seconds since 1970 as the clocks of a zone show them; `offset` is in seconds.
    case zoned(Double, offset: Int64, zone: String)
    /// Labels or annotations of a notification, which have methods. A missing one is the empty text.
    case texts([String: String])
    /// The same in order.
    case pairs([TemplatePair])

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
        case .time, .zoned: true
        case .duration(let value): value != 0
        case .texts(let texts): !texts.isEmpty
        case .pairs(let pairs): !pairs.isEmpty
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
        case .zoned(let seconds, let offset, let zone):
            TimeLayout(seconds: seconds, offset: offset, zone: zone).text(
                "2006-01-02 15:04:05.999 -0700 MST")
        case .texts(let texts): TemplateValue.pairs(TemplatePair.sorted(texts)).text
        case .pairs(let pairs): pairs.map { "\($0.name)=\($0.value)" }.joined(separator: ", ")
        }
    }

    /// About how many bytes its text has, counted no further than `most`.
    func weight(_ most: Int) -> Int {
        func sum(_ values: some Sequence<(name: String, value: TemplateValue)>) -> Int {
            var sum = 0
            for (name, value) in values where sum < most {
                sum += name.utf8.count + 1 + value.weight(most - sum)
            }
            return sum
        }
        return switch self {
        case .string(let text): text.utf8.count
        case .list(let items): sum(items.lazy.map { (name: "", value: $0) })
        case .map(let map, _): sum(map.lazy.map { (name: $0.key, value: $0.value) })
        case .texts(let texts): sum(texts.lazy.map { (name: $0.key, value: .string($0.value)) })
        case .pairs(let pairs): sum(pairs.lazy.map { (name: $0.name, value: .string($0.value)) })
        default: 16
        }
    }

    /// Whether collections are in each other more than `levels` deep.
    func isDeeper(than levels: Int) -> Bool {
        guard levels >= 0 else { return true }
        return switch self {
        case .list(let items): items.contains { $0.isDeeper(than: levels - 1) }
        case .map(let map, _): map.values.contains { $0.isDeeper(than: levels - 1) }
        default: false
        }
    }

    /// The number that a function wants.
    ///
    /// - Throws: `template`.
    func number() throws(RulesError) -> Double {
        switch self {
        case .float(let value), .duration(let value), .time(let value), .zoned(let value, _, _):
            return value
        case .int(let value): return Double(value)
        case .string(let text):
            if let value = FloatText.parse(text) { return value }
            throw RulesError(.template, "cannot read the number \(LabelText.quoted(text))")
        default: throw RulesError(.template, "cannot use \(text) as a number")
        }
    }
}

/// A label or an annotation.
struct TemplatePair: Sendable {
    let name: String
    let value: String

    /// By name, `alertname` before the others.
    static func sorted(_ texts: [String: String]) -> [TemplatePair] {
        func isBefore(_ a: String, _ b: String) -> Bool {
            if (a == "alertname") != (b == "alertname") { return a == "alertname" }
            return a.utf8.lexicographicallyPrecedes(b.utf8)
        }
        return texts.sorted { isBefore($0.key, $1.key) }.map { TemplatePair(name: $0.key, value: $0.value) }
    }

    var member: TemplateValue { .map(["Name": .string(name), "Value": .string(value)], isLabels: false) }
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

import JSON
import MetricModel

/// The functions that only templates of notifications have. Source: Alertmanager's template reference.
enum NotificationFunction {
    /// - Returns: nil when there is no function of that name.
    /// - Throws: `template`.
    static func call(
        _ name: String, _ arguments: [TemplateValue], _ surroundings: Template.Surroundings
    ) throws(RulesError) -> TemplateValue? {
        func argument(_ index: Int) throws(RulesError) -> TemplateValue {
            guard arguments.indices.contains(index) else {
                throw RulesError(
                    .template, "\(name) needs at least \(index + 1) arguments, got \(arguments.count)")
            }
            return arguments[index]
        }
        switch name {
        case "join":
            guard case .list(let items) = try argument(1) else {
                throw RulesError(.template, "join wants a list of texts")
            }
            return .string(items.map(\.text).joined(separator: try argument(0).text))
        case "stringSlice": return .list(arguments.map { .string($0.text) })
        case "trimSpace":
            let text = try argument(0).text
            let rest = text.drop { $0.isWhitespace }
            let end = rest.lastIndex { !$0.isWhitespace }
            return .string(end.map { String(rest[...$0]) } ?? "")
        case "safeUrl": return .string(try argument(0).text)
        case "urlUnescape": return .string(try unescaped(argument(0).text))
        case "toJson": return .string(JSONValue(try argument(0)).text())
        case "date":
            return try TemplateMember.take("Format", of: argument(1), [argument(0)], surroundings)
        case "tz":
            let (zone, time) = (try argument(0).text, try argument(1).number())
            guard let found = surroundings.zone(zone, Int64(exactly: time.rounded(.down)) ?? 0) else {
                throw RulesError(.template, "the time zone \(LabelText.quoted(zone)) is not known")
            }
            return .zoned(time, offset: found.offset, zone: found.name)
        case "since": return .duration(Double(surroundings.now) / 1000 - (try argument(0).number()))
        default: return nil
        }
    }

    private static func unescaped(_ text: String) throws(RulesError) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                let digits = String(decoding: rest.prefix(2), as: UTF8.self)
                guard digits.utf8.count == 2, let value = UInt8(digits, radix: 16) else {
                    throw RulesError(.template, "invalid URL escape \(LabelText.quoted("%" + digits))")
                }
                bytes.append(value)
                rest = rest.dropFirst(2)
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension JSONValue {
    fileprivate init(_ value: TemplateValue) {
        switch value {
        case .none: self = .null
        case .bool(let flag): self = .bool(flag)
        case .int(let number): self = .number(Int(number))
        case .float(let number), .duration(let number):
            self = number.isFinite ? .number(number) : .string(value.text)
        case .string(let text): self = .string(text)
        case .list(let items): self = .array(items.map { JSONValue($0) })
        case .map(let map, _):
            var object = JSONObject()
            for (name, member) in map.sorted(by: { $0.key < $1.key }) { object[name] = JSONValue(member) }
            self = .object(object)
        case .texts(let texts):
            var object = JSONObject()
            for (name, text) in texts.sorted(by: { $0.key < $1.key }) { object[name] = .string(text) }
            self = .object(object)
        case .pairs(let pairs): self = .array(pairs.map { JSONValue($0.member) })
        case .time(let seconds):
            self = .string(TimeLayout(seconds: seconds).text("2006-01-02T15:04:05.999Z07:00"))
        case .zoned(let seconds, let offset, let zone):
            let time = TimeLayout(seconds: seconds, offset: offset, zone: zone)
            self = .string(time.text("2006-01-02T15:04:05.999Z07:00"))
        }
    }
}

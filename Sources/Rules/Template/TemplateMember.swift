import MetricModel

/// What stands behind a dot: members of maps, and the methods that labels, alerts and times of notifications
/// have. Source: Alertmanager's template reference, Go's `time`.
enum TemplateMember {
    /// - Throws: `template`.
    static func take(
        _ name: String, of value: TemplateValue, _ arguments: [TemplateValue],
        _ surroundings: Template.Surroundings
    ) throws(RulesError) -> TemplateValue {
        if surroundings.isNotification, let result = try method(name, of: value, arguments, surroundings) {
            return result
        }
        guard arguments.isEmpty else {
            throw RulesError(.template, "cannot give arguments to what is no function")
        }
        switch value {
        case .map(let map, let isLabels): return map[name] ?? (isLabels ? .string("") : .none)
        case .texts(let texts): return .string(texts[name] ?? "")
        case .none: return .none
        default:
            throw RulesError(.template, "cannot take the field \(name) of \(value.text.prefix(100))")
        }
    }

    private static func method(
        _ name: String, of value: TemplateValue, _ arguments: [TemplateValue],
        _ surroundings: Template.Surroundings
    ) throws(RulesError) -> TemplateValue? {
        switch (value, name) {
        case (.texts(let texts), "SortedPairs"): return .pairs(TemplatePair.sorted(texts))
        case (.texts(let texts), "Names"), (.texts(let texts), "Values"):
            return try method(name, of: .pairs(TemplatePair.sorted(texts)), arguments, surroundings)
        case (.texts(let texts), "Remove"):
            let names = Set(arguments.flatMap(strings))
            return .texts(texts.filter { !names.contains($0.key) })
        case (.pairs(let pairs), "Names"): return .list(pairs.map { .string($0.name) })
        case (.pairs(let pairs), "Values"): return .list(pairs.map { .string($0.value) })
        case (.list(let items), "Firing"), (.list(let items), "Resolved"):
            return .list(items.filter { isAlert($0, name == "Firing" ? "firing" : "resolved") })
        case (.list(let items), "Len"): return .int(Int64(items.count))
        case (.time(let seconds), _):
            return try time(name, TimeLayout(seconds: seconds), arguments)
        case (.zoned(let seconds, let offset, let zone), _):
            return try time(name, TimeLayout(seconds: seconds, offset: offset, zone: zone), arguments)
        case (.duration(let seconds), "Seconds"): return .float(seconds)
        case (.duration(let seconds), "Minutes"): return .float(seconds / 60)
        case (.duration(let seconds), "Hours"): return .float(seconds / 3600)
        default: return nil
        }
    }

    private static func strings(_ value: TemplateValue) -> [String] {
        if case .list(let items) = value { return items.map(\.text) }
        return [value.text]
    }

    private static func isAlert(_ value: TemplateValue, _ status: String) -> Bool {
        guard case .map(let map, _) = value, case .string(let text)? = map["Status"] else { return false }
        return text == status
    }

    private static func time(
        _ name: String, _ time: TimeLayout, _ arguments: [TemplateValue]
    ) throws(RulesError) -> TemplateValue? {
        switch name {
        case "Format": return .string(time.text(arguments.first?.text ?? ""))
        case "String":
            return .string(TemplateValue.zoned(time.seconds, offset: time.offset, zone: time.zone).text)
        case "UTC", "Local": return .time(time.seconds)
        case "Unix": return .int(Int64(exactly: time.seconds.rounded(.down)) ?? 0)
        case "UnixMilli": return .int(Int64(exactly: (time.seconds * 1000).rounded(.down)) ?? 0)
        case "IsZero": return .bool(time.seconds == TimeLayout.zero)
        case "Sub": return .duration(time.seconds - (try (arguments.first ?? TemplateValue.none).number()))
        case "Add":
            let other = arguments.first ?? TemplateValue.none
            // Numbers without a unit are nanoseconds, as everywhere in Go.
            let seconds = if case .duration(let value) = other { value } else { try other.number() / 1e9 }
            return .zoned(time.seconds + seconds, offset: time.offset, zone: time.zone)
        default: return nil
        }
    }
}

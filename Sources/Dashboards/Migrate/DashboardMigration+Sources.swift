import JSON

extension DashboardMigration {
    /// A data source reference as `{type, uid}`; null when there is none and no default.
    mutating func resolve(_ value: JSONValue?, of owner: String) -> JSONValue {
        guard let reference = DataSourceReference(value) else {
            guard let source = sources.defaultSource else { return .null }
            return DataSourceReference(type: source.type, uid: source.uid).json
        }
        let uid = reference.uid
        switch uid {
        case "-- Mixed --", "-- Dashboard --": return ["type": "datasource", "uid": .string(uid)]
        case "-- Grafana --", "grafana": return ["type": "grafana", "uid": "-- Grafana --"]
        case "__expr__", "-100": return ["type": "__expr__", "uid": "__expr__"]
        case "default":
            guard let source = sources.defaultSource else { return value ?? .null }
            return DataSourceReference(type: source.type, uid: source.uid).json
        default: break
        }
        if let variable = DashboardMigration.variableName(uid) {
            // An input that no import has filled in leads nowhere.
            guard let type = sourceVariables[variable] else { return rebound(reference, of: owner) }
            return DataSourceReference(
                type: type.isEmpty ? reference.type : type, uid: "${\(variable)}"
            ).json
        }
        if let source = sources.named(uid) {
            return DataSourceReference(type: source.type, uid: source.uid).json
        }
        // An unknown name leads to the only candidate; an unknown uid stays, for the page to offer it.
        if case .string = value ?? .null { return rebound(reference, of: owner) }
        return value ?? .null
    }

    private mutating func rebound(_ reference: DataSourceReference, of owner: String) -> JSONValue {
        let wanted = reference.type ?? "prometheus"
        let fallback =
            sources.defaultSource?.type == wanted
            ? sources.defaultSource : sources.sources.first { $0.type == wanted }
        guard let source = fallback else { return reference.json }
        report.note(
            .rebound, owner, "the data source \(reference.uid) is not here; \(source.name) takes its place")
        return DataSourceReference(type: source.type, uid: source.uid).json
    }

    /// "x" of `$x`, `${x}` and `[[x]]`; nil for other texts.
    static func variableName(_ text: String) -> String? {
        var name = Substring(text)
        if name.hasPrefix("${"), name.hasSuffix("}") {
            name = name.dropFirst(2).dropLast()
        } else if name.hasPrefix("[["), name.hasSuffix("]]") {
            name = name.dropFirst(2).dropLast(2)
        } else if name.hasPrefix("$") {
            name = name.dropFirst()
        } else {
            return nil
        }
        let bare = name.prefix { $0 != ":" && $0 != "." }
        return bare.isEmpty ? nil : String(bare)
    }
}

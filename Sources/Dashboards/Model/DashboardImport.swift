public import JSON

/// Filling in the inputs that an exported dashboard asks for.
public enum DashboardImport {
    /// A value that somebody chose for an input.
    public struct Input: Sendable {
        public let name: String
        /// "datasource" or "constant".
        public let type: String
        public let pluginID: String
        /// A data source's uid, or the constant.
        public let value: String

        public init(name: String, type: String, pluginID: String, value: String) {
            self.name = name
            self.type = type
            self.pluginID = pluginID
            self.value = value
        }
    }

    /// Replaces `${NAME}` of every declared input in every string and takes the export's own members
    /// out. An input "*" answers for all of its kind.
    ///
    /// - Parameter sources: answers inputs that nobody chose a value for: the default data source of
    ///   the wanted kind, or any; nil to demand that all are chosen.
    /// - Throws: `invalidInput` that names the input that is missing.
    public static func fill(
        _ dashboard: JSONObject, inputs: [Input], sources: DataSourceTable?
    ) throws(DashboardsError) -> JSONObject {
        var values: [String: String] = [:]
        for declared in dashboard.list("__inputs").compactMap(\.object) {
            guard let name = declared.text("name") else { continue }
            values[name] = try value(of: declared, name: name, inputs: inputs, sources: sources)
        }
        var result = dashboard
        for member in ["__inputs", "__elements", "__requires"] { result[member] = nil }
        guard !values.isEmpty else { return result }
        let filled = JSONValue.object(result).mapStrings { replace($0, values) }
        return filled.object ?? result
    }

    private static func value(
        of declared: JSONObject, name: String, inputs: [Input], sources: DataSourceTable?
    ) throws(DashboardsError) -> String {
        let type = declared.text("type") ?? "datasource"
        let plugin = declared.text("pluginId") ?? ""
        if let input = inputs.first(where: { $0.name == name })
            ?? inputs.first(where: {
                $0.name == "*" && $0.type == type && ($0.pluginID.isEmpty || $0.pluginID == plugin)
            })
        {
            return input.value
        }
        if plugin == "__expr__" { return "__expr__" }
        if type == "constant", let value = declared.text("value") { return value }
        if type == "datasource", let sources {
            let fitting = sources.sources.filter { $0.type == plugin }
            let isDefaultFitting = sources.defaultSource?.type == plugin
            if let source = isDefaultFitting ? sources.defaultSource : fitting.first { return source.uid }
        }
        throw DashboardsError(
            .invalidInput, "Dashboard input missing: \(name) (\(plugin.isEmpty ? type : plugin))")
    }

    private static func replace(_ text: String, _ values: [String: String]) -> String {
        guard text.contains("${") else { return text }
        var result = ""
        var rest = Substring(text)
        while let open = rest.firstRange(of: "${") {
            guard let close = rest[open.upperBound...].firstIndex(of: "}") else { break }
            let name = String(rest[open.upperBound..<close])
            result += rest[..<open.lowerBound]
            result += values[name] ?? String(rest[open.lowerBound...close])
            rest = rest[rest.index(after: close)...]
        }
        return result + rest
    }
}

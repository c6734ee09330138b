import FoundationEssentials

#if canImport(Glibc)
    import Glibc
#endif

extension DashboardSettings {
    /// Reads an ini text and the environment.
    ///
    /// - Parameters:
    ///   - ini: the text of grafana.ini; nil for none.
    ///   - environment: names that begin with `GF_` count; `GF_X__FILE` names a file with the value.
    ///   - arguments: of the command line, as the original takes them: `cfg:section.key=value` wins over
    ///     all, `cfg:default.section.key=value` is what counts where nothing is set.
    /// - Returns: the settings, and a line for each key that has no effect here.
    /// - Throws: `invalidInput` that names the key for a value that makes no sense.
    public static func load(
        ini: String? = nil, environment: [String: String], arguments: [String] = []
    ) throws(DashboardsError) -> (settings: DashboardSettings, warnings: [String]) {
        var values: [String: String] = [:]
        var warnings: [String] = []
        let given = try arguments.map(argument)
        for (name, value, isDefault) in given {
            if allKeys[name] == nil, !silentKeys.contains(name), quietValues[name] != value.lowercased() {
                warnings.append("cfg:\(name) is not known and has no effect")
            }
            if isDefault { values[name] = value }
        }
        for (line, entry) in try entries(of: ini ?? "") {
            let name = entry.section.isEmpty ? entry.name : "\(entry.section).\(entry.name)"
            if allKeys[name] == nil, !silentKeys.contains(name), quietValues[name] != entry.value.lowercased()
            {
                let why = quietValues[name] == nil ? "is not known and has" : "= \(entry.value) has"
                warnings.append("grafana.ini line \(line): \(name) \(why) no effect")
            }
            values[name] = try expand(entry.value, environment: environment, of: name)
        }
        let byEnvironment = Dictionary(
            allKeys.map { ($0.value.environmentName, $0.key) }, uniquingKeysWith: { first, _ in first })
        func variableName(_ name: String) -> String {
            "GF_" + String(name.uppercased().map { $0 == "." || $0 == "-" ? "_" : $0 })
        }
        let silent = Set(silentKeys.map(variableName))
        let quiet = Dictionary(
            quietValues.map { (variableName($0), $1) }, uniquingKeysWith: { first, _ in first })
        for (variable, value) in environment.sorted(by: { $0.key < $1.key })
        // As in the original, an empty variable sets nothing.
        where variable.hasPrefix("GF_") && !value.isEmpty {
            let isFile = variable.hasSuffix("__FILE")
            let plain = isFile ? String(variable.dropLast(6)) : variable
            guard let name = byEnvironment[plain] else {
                if !silent.contains(plain), quiet[plain] != value.lowercased() {
                    let why = quiet[plain] == nil ? "is not known and has" : "= \(value) has"
                    warnings.append("\(variable) \(why) no effect")
                }
                continue
            }
            values[name] =
                isFile
                ? try file(value, for: variable)
                : try expand(value, environment: environment, of: variable)
        }
        for (name, value, isDefault) in given where !isDefault {
            values[name] = try expand(value, environment: environment, of: name)
        }
        var settings = DashboardSettings()
        for key in keys + lateKeys {
            let name = key.section.isEmpty ? key.name : "\(key.section).\(key.name)"
            guard let value = values[name] else { continue }
            do {
                try key.apply(&settings, value)
            } catch {
                throw DashboardsError(
                    .invalidInput,
                    "cannot use \(key.environmentName) (\(name)): got \"\(value)\", want \(error.text)")
            }
        }
        if settings.usesTLS, settings.certificateFile.isEmpty || settings.keyFile.isEmpty {
            throw DashboardsError(
                .invalidInput, "cannot use https: set GF_SERVER_CERT_FILE and GF_SERVER_CERT_KEY to PEM files"
            )
        }
        return (settings, warnings)
    }

    /// The environment of this process.
    public static var processEnvironment: [String: String] { ProcessInfo.processInfo.environment }

    private static let allKeys: [String: Key] = Dictionary(
        (keys + lateKeys).map { ("\($0.section).\($0.name)", $0) }, uniquingKeysWith: { first, _ in first })

    private static func argument(
        _ text: String
    ) throws(DashboardsError) -> (name: String, value: String, isDefault: Bool) {
        guard text.hasPrefix("cfg:"), let equals = text.firstIndex(of: "=") else {
            throw DashboardsError(
                .invalidInput, "cannot use the argument \"\(text.prefix(80))\": want cfg:section.key=value")
        }
        let name = text[..<equals].dropFirst("cfg:".count)
        let value = String(text[text.index(after: equals)...])
        let isDefault = name.hasPrefix("default.")
        return (String(isDefault ? name.dropFirst("default.".count) : name), value, isDefault)
    }

    private struct Entry {
        let section: String
        let name: String
        let value: String
    }

    private static func entries(of ini: String) throws(DashboardsError) -> [(Int, Entry)] {
        var result: [(Int, Entry)] = []
        var section = ""
        for (index, raw) in ini.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = trim(raw)
            if line.isEmpty || line.hasPrefix("#") || line.hasPrefix(";") { continue }
            if line.hasPrefix("["), line.hasSuffix("]") {
                section = String(line.dropFirst().dropLast())
                continue
            }
            guard let equals = line.firstIndex(of: "=") else {
                throw DashboardsError(
                    .invalidInput, "cannot read grafana.ini line \(index + 1): want key = value")
            }
            var value = trim(line[line.index(after: equals)...])
            for quote in ["\"\"\"", "\"", "`"]
            where value.count >= 2 * quote.count && value.hasPrefix(quote) && value.hasSuffix(quote) {
                value = String(value.dropFirst(quote.count).dropLast(quote.count))
                break
            }
            result.append(
                (
                    index + 1,
                    Entry(
                        section: section, name: trim(line[..<equals]), value: value)
                ))
        }
        return result
    }

    private static func trim(_ text: some StringProtocol) -> String {
        let isSpace: (Character) -> Bool = { $0.isWhitespace }
        return String(String(text.drop(while: isSpace)).reversed().drop(while: isSpace).reversed())
    }

    /// Replaces `$__env{NAME}` and `$__file{path}`.
    private static func expand(
        _ value: String, environment: [String: String], of name: String
    ) throws(DashboardsError) -> String {
        var result = ""
        var rest = Substring(value)
        while let start = rest.firstRange(of: "$__") {
            let after = rest[start.upperBound...]
            guard let open = after.firstIndex(of: "{"), let close = after[open...].firstIndex(of: "}")
            else { break }
            let argument = String(after[after.index(after: open)..<close])
            result += rest[..<start.lowerBound]
            switch after[..<open] {
            case "env": result += environment[argument] ?? ""
            case "file": result += try file(argument, for: name)
            default: result += rest[start.lowerBound...close]
            }
            rest = after[after.index(after: close)...]
        }
        return result + rest
    }

    private static func file(_ path: String, for name: String) throws(DashboardsError) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw DashboardsError(
                .invalidInput, "cannot read \(path) for \(name): \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = max(0, read(descriptor, &bytes, bytes.count))
        return trim(String(decoding: bytes[..<count], as: UTF8.self))
    }
}

/// Go's way of writing flags, which cAdvisor's users know: `-port=8080`, `--docker_only=true`.
enum GoFlags {
    /// The switches of `martlet containers`, which may carry a value.
    private static let switches: Set<String> = []

    /// Rewrites the arguments of `containers`; leaves those of other commands alone.
    static func normalized(_ arguments: [String]) -> [String] {
        guard arguments.first == "containers" else { return arguments }
        return arguments.compactMap { argument in
            guard argument.hasPrefix("-"), argument.count > 2 else { return argument }
            let long = argument.hasPrefix("--") ? argument : "-" + argument
            guard let equals = long.firstIndex(of: "=") else { return long }
            let name = String(long[..<equals].dropFirst(2))
            guard switches.contains(name) else { return long }
            switch long[long.index(after: equals)...] {
            case "true", "1", "t", "T", "TRUE", "True": return "--" + name
            case "false", "0", "f", "F", "FALSE", "False": return "--no-" + name
            default: return long
            }
        }
    }
}

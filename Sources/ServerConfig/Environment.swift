#if canImport(Glibc)
    import Glibc
#endif

/// Variables of the environment in external labels: `${NAME}` and `$NAME`; `$$` is a dollar.
enum Environment {
    /// The text with variables filled in by Go's `os.Expand`; one that is not set is empty.
    static func expand(_ text: String, lookup: (String) -> String? = variable) -> String {
        var result = ""
        var rest = Substring(text)
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[rest.index(after: dollar)...]
            guard let first = rest.first else {
                result += "$"
                break
            }
            if first == "{" {
                guard let end = rest.firstIndex(of: "}") else {
                    // Not closed: only the opening is lost.
                    rest = rest.dropFirst()
                    continue
                }
                let name = rest[rest.index(after: rest.startIndex)..<end]
                rest = rest[rest.index(after: end)...]
                result += name == "$" ? "$" : lookup(String(name)) ?? ""
            } else if first == "$" {
                result += "$"
                rest = rest.dropFirst()
            } else {
                let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
                if name.isEmpty { result += "$" }
                rest = rest.dropFirst(name.count)
                if !name.isEmpty { result += lookup(String(name)) ?? "" }
            }
        }
        return result + rest
    }

    static func variable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }
}

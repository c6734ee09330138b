#if canImport(Glibc)
    import Glibc
#endif

/// The environment variables of the process.
enum ProgramEnvironment {
    /// Read once, before any thread could change them.
    static let all: [String: String] = {
        var result: [String: String] = [:]
        var next = environ
        while let entry = next.pointee {
            let text = String(cString: entry)
            if let equals = text.firstIndex(of: "=") {
                result[String(text[..<equals])] = String(text[text.index(after: equals)...])
            }
            next += 1
        }
        return result
    }()
}

#if canImport(Glibc)
    import Glibc
#endif

/// Configuration files on the disk. All calls block.
enum Files {
    /// The text of a file.
    ///
    /// - Throws: `io`.
    static func read(_ path: String) throws(ConfigurationError) -> String {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw unreadable(path) }
        defer { close(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(file, &buffer, buffer.count)
            guard count >= 0 else { throw unreadable(path) }
            if count == 0 { break }
            bytes.append(contentsOf: buffer[..<count])
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ConfigurationError(.syntax, "yaml: the file is not UTF-8", file: path)
        }
        return text
    }

    private static func unreadable(_ path: String) -> ConfigurationError {
        ConfigurationError(.io, "cannot read the file: \(String(cString: strerror(errno)))", file: path)
    }

    /// The paths that a pattern with `*`, `?` and `[…]` finds, sorted.
    static func matching(_ pattern: String) -> [String] {
        var found = glob_t()
        defer { globfree(&found) }
        guard glob(pattern, 0, nil, &found) == 0 else { return [] }
        return (0..<Int(found.gl_pathc)).compactMap { found.gl_pathv[$0].map { String(cString: $0) } }
    }

    /// The folder of a path; `.` when it names none.
    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}

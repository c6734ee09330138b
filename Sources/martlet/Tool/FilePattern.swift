#if canImport(Glibc)
    import Glibc
#endif

/// Looks for files.
enum FilePattern {
    /// The paths that a pattern with `*`, `?` and `[…]` finds, sorted.
    static func matching(_ pattern: String) -> [String] {
        var found = glob_t()
        defer { globfree(&found) }
        guard glob(pattern, 0, nil, &found) == 0 else { return [] }
        return (0..<Int(found.gl_pathc)).compactMap { found.gl_pathv[$0].map { String(cString: $0) } }
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
}

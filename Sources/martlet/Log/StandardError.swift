#if canImport(Glibc)
    import Glibc
#endif

/// Where logs and complaints go.
enum StandardError {
    /// One system call a text, so that the lines of several threads do not mix.
    static func write(_ text: String) {
        var text = text
        _ = text.withUTF8 { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}

#if canImport(Glibc)
    import Glibc
#endif

/// What a person or a script waits for.
enum StandardOutput {
    /// At once, also into a pipe, where `print` would keep it back.
    static func write(_ text: String) {
        var text = text
        _ = text.withUTF8 { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
    }
}

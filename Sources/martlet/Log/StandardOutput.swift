#if canImport(Glibc)
    import Glibc
#endif

/// What a person or a script waits for.
enum StandardOutput {
    /// At once, also into a pipe, where `print` would keep it back.
    static func write(_ text: String) {
        write(Array(text.utf8))
    }

    /// All of it, also into a pipe that takes less at once.
    static func write(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = Glibc.write(
                    STDOUT_FILENO, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return }
                rest = rest.dropFirst(count)
            }
        }
    }
}

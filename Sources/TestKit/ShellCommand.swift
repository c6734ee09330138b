#if canImport(Glibc)
    import Glibc
#endif

/// Shell commands of tests.
public enum ShellCommand {
    /// Runs a command by `sh` and waits for it. Its standard output without the line ends behind it; "" when it cannot be run.
    public static func output(_ command: String) -> String {
        guard let stream = popen(command, "r") else { return "" }
        defer { pclose(stream) }
        var result: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = fread(&buffer, 1, buffer.count, stream)
            if count == 0 { break }
            result += buffer[..<count]
        }
        while result.last == 0x0A { result.removeLast() }
        return String(decoding: result, as: UTF8.self)
    }
}

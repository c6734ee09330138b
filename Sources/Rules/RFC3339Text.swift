#if canImport(Glibc)
    import Glibc
#endif

/// Times as RFC 3339 writes them, in UTC.
enum RFC3339Text {
    /// - Parameter milliseconds: since 1970.
    static func format(_ milliseconds: Int64) -> String {
        let rest = (milliseconds % 1000 + 1000) % 1000
        var seconds = time_t((milliseconds - rest) / 1000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let date = "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
        return
            "\(date)T\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)).\(String(1000 + rest).dropFirst())Z"
    }
}

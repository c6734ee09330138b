/// The section `smtp`: the server that takes mails to contact points.
public struct MailSettings: Sendable, Equatable {
    public var isEnabled = false
    public var host = "localhost"
    public var port = 25
    public var user = ""
    public var password = ""
    public var skipsVerification = false
    public var fromAddress = "admin@grafana.localhost"
    public var fromName = "Grafana"
    /// What this machine calls itself; "" for its name.
    public var identity = ""
    /// `OpportunisticStartTLS`, `MandatoryStartTLS` or `NoStartTLS`.
    public var encryption = "OpportunisticStartTLS"

    public init() {}

    /// Reads `host:port`, also `[::1]:25`; without a port it is 25.
    ///
    /// - Returns: nil for what is no such thing.
    static func place(_ text: String) -> (host: String, port: Int)? {
        var (host, port) = (Substring(text), 25)
        if let colon = text.lastIndex(of: ":"), !text.hasSuffix("]") {
            guard let number = Int(text[text.index(after: colon)...]), (1...65_535).contains(number) else {
                return nil
            }
            (host, port) = (text[..<colon], number)
        }
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        let isHost = host.utf8.allSatisfy { $0 > 32 && $0 < 127 && !"/@\\".utf8.contains($0) }
        return host.isEmpty || !isHost ? nil : (String(host), port)
    }
}

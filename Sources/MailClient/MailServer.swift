/// A server that takes mails, and how to talk to it.
public struct MailServer: Sendable, Equatable {
    /// When the connection is encrypted.
    public enum Encryption: String, Sendable, CaseIterable {
        /// When the server offers it.
        case opportunistic = "OpportunisticStartTLS"
        /// Always; a server that does not offer it is not used.
        case mandatory = "MandatoryStartTLS"
        case never = "NoStartTLS"
    }

    public var host: String
    public var port: Int
    /// "" to send without logging in.
    public var user = ""
    public var password = ""
    public var encryption = Encryption.opportunistic
    /// Whether any certificate will do.
    public var skipsVerification = false
    /// The name of this machine that the server is told.
    public var identity = "localhost"
    /// PEM files of authorities that are trusted in place of the system's; "" for those.
    public var authorityFile = ""

    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Port 465 is encrypted from the first byte.
    var isEncryptedAtOnce: Bool { port == 465 }

    /// Whether nobody stands between us and the server.
    var isOnThisMachine: Bool { ["localhost", "127.0.0.1", "::1"].contains(host) }
}

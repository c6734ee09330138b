import NIOCore
import NIOSSL
import Synchronization

/// The certificates of a listener, which can be replaced while it listens: each connection takes those
/// in force when it is made.
public final class ListenerTLS: Sendable {
    /// Who must show a certificate.
    public enum ClientAuthentication: Sendable {
        case none
        /// Asked for; any is taken, or none.
        case request
        /// Any is taken, without looking who has signed it.
        case requireAny
        case verifyIfGiven
        case requireAndVerify
    }

    /// The versions of the protocol.
    public enum Version: Sendable {
        case tls10, tls11, tls12, tls13
    }

    /// Certificates and keys as PEM.
    public struct Settings: Sendable {
        public var certificate: [UInt8]
        public var key: [UInt8]
        public var clientAuthority: [UInt8] = []
        public var clientAuthentication = ClientAuthentication.none
        public var minimumVersion = Version.tls12
        public var maximumVersion = Version.tls13
        /// Names of TLS 1.2 suites, for instance `TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256`; empty for the
        /// standard ones.
        public var cipherSuites: [String] = []
        /// Go's names: `X25519`, `CurveP256`, …; empty for the standard ones.
        public var curves: [String] = []

        public init(certificate: [UInt8], key: [UInt8]) {
            self.certificate = certificate
            self.key = key
        }
    }

    private let state: Mutex<(context: NIOSSLContext, takesAny: Bool)>

    /// - Throws: `tls`.
    public init(_ settings: Settings) throws(WebServerError) {
        state = Mutex(try ListenerTLS.made(settings))
    }

    /// - Throws: `tls`; the old settings stay in force then.
    public func replace(_ settings: Settings) throws(WebServerError) {
        let made = try ListenerTLS.made(settings)
        state.withLock { $0 = made }
    }

    func handler() -> NIOSSLServerHandler {
        let (context, takesAny) = state.withLock { $0 }
        guard takesAny else { return NIOSSLServerHandler(context: context) }
        return NIOSSLServerHandler(
            context: context,
            customVerificationCallback: { _, promise in promise.succeed(.certificateVerified) })
    }

    private static func made(_ settings: Settings) throws(WebServerError) -> (
        context: NIOSSLContext, takesAny: Bool
    ) {
        do {
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: try NIOSSLCertificate.fromPEMBytes(settings.certificate).map {
                    .certificate($0)
                },
                privateKey: .privateKey(try NIOSSLPrivateKey(bytes: settings.key, format: .pem)))
            configuration.minimumTLSVersion = version(settings.minimumVersion)
            configuration.maximumTLSVersion = version(settings.maximumVersion)
            configuration.applicationProtocols = ["http/1.1"]
            switch settings.clientAuthentication {
            case .none: configuration.certificateVerification = .none
            case .request, .verifyIfGiven: configuration.certificateVerification = .optionalVerification
            case .requireAny, .requireAndVerify:
                configuration.certificateVerification = .noHostnameVerification
            }
            if !settings.clientAuthority.isEmpty {
                configuration.trustRoots = .certificates(
                    try NIOSSLCertificate.fromPEMBytes(settings.clientAuthority))
            }
            if !settings.cipherSuites.isEmpty {
                configuration.cipherSuiteValues = try settings.cipherSuites.map(cipher)
            }
            if !settings.curves.isEmpty { configuration.curves = try settings.curves.map(curve) }
            let takesAny =
                settings.clientAuthentication == .request || settings.clientAuthentication == .requireAny
            return (try NIOSSLContext(configuration: configuration), takesAny)
        } catch let error as WebServerError {
            throw error
        } catch {
            throw WebServerError(.tls, "cannot use the certificates of tls_server_config: \(error)")
        }
    }

    private static func version(_ version: Version) -> TLSVersion {
        switch version {
        case .tls10: .tlsv1
        case .tls11: .tlsv11
        case .tls12: .tlsv12
        case .tls13: .tlsv13
        }
    }

    private static func cipher(_ name: String) throws(WebServerError) -> NIOTLSCipher {
        let known: [String: NIOTLSCipher] = [
            "TLS_RSA_WITH_AES_128_CBC_SHA": .TLS_RSA_WITH_AES_128_CBC_SHA,
            "TLS_RSA_WITH_AES_256_CBC_SHA": .TLS_RSA_WITH_AES_256_CBC_SHA,
            "TLS_RSA_WITH_AES_128_GCM_SHA256": .TLS_RSA_WITH_AES_128_GCM_SHA256,
            "TLS_RSA_WITH_AES_256_GCM_SHA384": .TLS_RSA_WITH_AES_256_GCM_SHA384,
            "TLS_AES_128_GCM_SHA256": .TLS_AES_128_GCM_SHA256,
            "TLS_AES_256_GCM_SHA384": .TLS_AES_256_GCM_SHA384,
            "TLS_CHACHA20_POLY1305_SHA256": .TLS_CHACHA20_POLY1305_SHA256,
            "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA": .TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA,
            "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA": .TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA,
            "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA": .TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA,
            "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA": .TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA,
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256": .TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384": .TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256": .TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384": .TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256": .TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256": .TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
        ]
        guard let cipher = known[name] else {
            throw WebServerError(.tls, "cannot use the cipher suite \"\(name)\": it is not known")
        }
        return cipher
    }

    private static func curve(_ name: String) throws(WebServerError) -> NIOTLSCurve {
        switch name {
        case "CurveP256": .secp256r1
        case "CurveP384": .secp384r1
        case "CurveP521": .secp521r1
        case "X25519": .x25519
        case "X25519MLKEM768": .x25519_MLKEM768
        default: throw WebServerError(.tls, "cannot use the curve \"\(name)\": it is not known")
        }
    }
}

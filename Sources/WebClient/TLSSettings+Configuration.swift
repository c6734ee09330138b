internal import NIOSSL

extension TLSSettings {
    /// The settings as NIO takes them. Reads the certificates: blocks on the disk.
    ///
    /// - Throws: `credentials`, `unsupported`.
    func configuration() throws(WebClientError) -> TLSConfiguration {
        var result = TLSConfiguration.makeClientConfiguration()
        if insecureSkipVerify { result.certificateVerification = .none }
        if !serverName.isEmpty {
            throw WebClientError(.unsupported, "cannot use tls_config.server_name: it is not supported yet")
        }
        if let minimumVersion { result.minimumTLSVersion = minimumVersion.forNIO }
        if let maximumVersion { result.maximumTLSVersion = maximumVersion.forNIO }
        do {
            if !authorityFile.isEmpty {
                result.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(authorityFile))
            } else if !authority.isEmpty {
                result.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(authority.utf8)))
            }
            if !certificateFile.isEmpty {
                result.certificateChain = try NIOSSLCertificate.fromPEMFile(certificateFile).map {
                    .certificate($0)
                }
            } else if !certificate.isEmpty {
                result.certificateChain = try NIOSSLCertificate.fromPEMBytes(Array(certificate.utf8)).map {
                    .certificate($0)
                }
            }
            if !keyFile.isEmpty {
                result.privateKey = .privateKey(try NIOSSLPrivateKey(file: keyFile, format: .pem))
            } else if !key.isEmpty {
                result.privateKey = .privateKey(
                    try NIOSSLPrivateKey(bytes: Array(key.value.utf8), format: .pem))
            }
        } catch {
            throw WebClientError(.credentials, "cannot use the certificates of tls_config: \(error)")
        }
        return result
    }
}

extension TLSSettings.Version {
    fileprivate var forNIO: TLSVersion {
        switch self {
        case .tls10: .tlsv1
        case .tls11: .tlsv11
        case .tls12: .tlsv12
        case .tls13: .tlsv13
        }
    }
}

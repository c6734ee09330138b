import ServerConfig
import Testing
import WebClient

@Suite struct WebConfigurationTests {
    @Test func everythingIsRead() throws {
        let web = try WebConfiguration.parse(
            """
            tls_server_config:
              cert_file: c.pem
              key_file: /k.pem
              client_auth_type: RequireAndVerifyClientCert
              client_ca_file: ca.pem
              min_version: TLS13
            http_server_config:
              http2: false
              headers: {X-Frame-Options: deny}
            basic_auth_users:
              alice: $2y$10$mDwo.lAisC94iLAyP81MCesa29IzH37oigHC/42V2pdJlUprsJPze
            """, file: "/etc/web.yml")
        #expect(web.tls?.certificateFile == "/etc/c.pem")
        #expect(web.tls?.keyFile == "/k.pem")
        #expect(web.tls?.clientAuthentication == .requireAndVerify)
        #expect(web.tls?.minimumVersion == .tls13)
        #expect(!web.enableHTTP2)
        #expect(web.headers == ["X-Frame-Options": "deny"])
        #expect(web.users["alice"]?.value.hasPrefix("$2y$10$") == true)
        #expect(!"\(web)".contains("$2y$"))
    }

    @Test func nothingIsAllowed() throws {
        #expect(try WebConfiguration.parse("") == WebConfiguration())
    }

    @Test(arguments: [
        ("tls_server_config: {cert_file: a}\n", "tls_server_config.key_file"),
        ("tls_server_config: {key_file: a}\n", "tls_server_config.cert_file"),
        (
            "tls_server_config: {cert_file: a, key_file: b, client_auth_type: Bogus}\n",
            "tls_server_config.client_auth_type"
        ),
        (
            "tls_server_config: {cert_file: a, key_file: b, client_ca_file: c}\n",
            "tls_server_config.client_ca_file"
        ),
        (
            "tls_server_config: {cert_file: a, key_file: b, min_version: SSL3}\n",
            "tls_server_config.min_version"
        ),
        ("basic_auth_users: {a: plain}\n", "basic_auth_users.a"),
        (
            "http_server_config: {headers: {X-Frame-Options: no}}\n",
            "http_server_config.headers.X-Frame-Options"
        ),
        ("nonsense: 1\n", "nonsense"),
    ])
    func faultsNameTheirField(text: String, field: String) {
        let error = #expect(throws: ConfigurationError.self) { try WebConfiguration.parse(text) }
        #expect(error?.field == field)
    }
}

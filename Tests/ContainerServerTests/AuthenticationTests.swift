import HTTPTypes
import HummingbirdTesting
import TestKit
import Testing
import Wire

@testable import ContainerServer

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct AuthenticationTests {
    /// Made by `openssl passwd -apr1` and `openssl sha1`; the password is "secret".
    @Test(arguments: ["$apr1$saltsalt$LrttParrLPdxvgutaSXWJ0", "{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ="])
    func schemes(hash: String) {
        #expect(PasswordHash.matches("secret", hash))
        #expect(!PasswordHash.matches("Secret", hash))
    }

    @Test func systemSchemes() throws {
        let made = ShellCommand.output("openssl passwd -6 -salt abcdefgh secret")
        try #require(made.hasPrefix("$6$"))
        #expect(PasswordHash.matches("secret", made))
        #expect(!PasswordHash.matches("other", made))
        let apr = ShellCommand.output("openssl passwd -apr1 -salt 12345678 'pass word'")
        try #require(apr.hasPrefix("$apr1$"))
        #expect(PasswordHash.matches("pass word", apr))
        // A bcrypt hash of "U*U", from the scheme's published test vectors.
        #expect(PasswordHash.matches("U*U", "$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"))
        #expect(!PasswordHash.matches("U*V", "$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"))
        // Never a password as it is.
        for hash in ["", "secret", "$", "$2y$", "{SHA}", "$apr1$", "*", "x$6$a"] {
            #expect(!PasswordHash.matches("secret", hash), "\(hash)")
        }
    }

    @Test func basicCoversAllButHealth() async throws {
        let folder = TemporaryFolder()
        let path = folder.path + "/users"
        _ = ShellCommand.output(
            "printf 'ann:%s\n' \"$(openssl passwd -apr1 -salt 12345678 secret)\" > \(path)")
        var options = ContainerServerOptions()
        options.basicAuthFile = path
        options.basicAuthRealm = "here"
        try await MonitorUnderTest.run(options: options) { client in
            #expect(try await client.execute(uri: "/healthz", method: .get).status == .ok)
            for uri in [
                "/metrics", "/api/v1.3/machine", "/containers/", "/validate/", "/assets/web/favicon.svg", "/",
            ] {
                let refused = try await client.execute(uri: uri, method: .get)
                #expect(
                    refused.status == .unauthorized
                        && refused.headers[.wwwAuthenticate] == "Basic realm=\"here\"", "\(uri)")
                func status(_ user: String) async throws -> Int {
                    let header: HTTPFields = [.authorization: "Basic " + Base64.encode(Array(user.utf8))]
                    return try await client.execute(uri: uri, method: .get, headers: header).status.code
                }
                #expect(try await status("ann:wrong") == 401)
                #expect(try await status("bob:secret") == 401)
                #expect(try await status("ann") == 401)
                #expect(try await status("ann:secret") < 400)
            }
        }
        options.protectsPagesOnly = true
        try await MonitorUnderTest.run(options: options) { client in
            let metrics = try await client.execute(uri: "/metrics", method: .get)
            let page = try await client.execute(uri: "/containers/", method: .get)
            #expect(metrics.status == .ok && page.status == .unauthorized)
        }
    }

    @Test func digest() async throws {
        let folder = TemporaryFolder()
        let path = folder.path + "/users"
        let hash = DigestAnswer.md5("ann:here:secret")
        _ = ShellCommand.output("printf 'ann:here:%s\n' \(hash) > \(path)")
        var options = ContainerServerOptions()
        options.digestAuthFile = path
        options.digestAuthRealm = "here"
        try await MonitorUnderTest.run(options: options) { client in
            let challenge =
                try await client.execute(uri: "/metrics", method: .get).headers[.wwwAuthenticate] ?? ""
            #expect(challenge.hasPrefix("Digest realm=\"here\""))
            let parts: [Substring] = challenge.split(separator: "\"")
            let nonce = String(parts[3])
            func header(_ password: String, count: String, uri: String = "/metrics") -> HTTPFields {
                let first = DigestAnswer.md5("ann:here:\(password)")
                let response = DigestAnswer.md5(
                    "\(first):\(nonce):\(count):abc:auth:" + DigestAnswer.md5("GET:\(uri)"))
                return [
                    .authorization:
                        "Digest username=\"ann\", realm=\"here\", nonce=\"\(nonce)\", uri=\"\(uri)\", qop=auth, nc=\(count), cnonce=\"abc\", response=\"\(response)\""
                ]
            }
            #expect(
                try await client.execute(
                    uri: "/metrics", method: .get, headers: header("wrong", count: "00000001")
                ).status == .unauthorized)
            #expect(
                try await client.execute(
                    uri: "/metrics", method: .get, headers: header("secret", count: "00000001")
                ).status == .ok)
            // The same answer again, and one about another address.
            #expect(
                try await client.execute(
                    uri: "/metrics", method: .get, headers: header("secret", count: "00000001")
                ).status == .unauthorized)
            #expect(
                try await client.execute(
                    uri: "/metrics", method: .get, headers: header("secret", count: "00000002", uri: "/")
                ).status == .unauthorized)
            #expect(
                try await client.execute(
                    uri: "/metrics", method: .get, headers: header("secret", count: "00000003")
                ).status == .ok)
        }
    }

    @Test func aMissingFileIsAnError() {
        var options = ContainerServerOptions()
        options.basicAuthFile = "/nowhere/users"
        let error = #expect(throws: ContainerServerError.self) { try Authentication(options) }
        #expect(error?.message.contains("/nowhere/users") == true)
    }
}

import TestKit
import Testing
import Wire

@testable import MailClient

/// Mails to a server in this process.
@Suite struct MailTests {
    private static func message(_ subject: String = "High is firing", text: String = "a\nb") throws
        -> MailMessage
    {
        MailMessage(
            from: try #require(MailAddress("martlet@example.org")), fromName: "Märtlet",
            to: [
                try #require(MailAddress("ada@example.org")),
                try #require(MailAddress("Bob <bob@example.org>")),
            ],
            subject: subject, text: text, date: 1_700_000_000_000, id: "x1\r\nBcc: eve@example.org")
    }

    private static func server(_ port: Int, _ change: (inout MailServer) -> Void = { _ in }) -> MailServer {
        var server = MailServer(host: "localhost", port: port)
        change(&server)
        return server
    }

    private static func files(_ folder: TemporaryFolder) async throws -> (certificate: String, key: String) {
        let (certificate, key) = (folder.path + "/cert.pem", folder.path + "/key.pem")
        let make = try RunningProgram(
            "/usr/bin/openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                "-keyout",
                key, "-out", certificate, "-days", "2", "-subj", "/CN=localhost", "-addext",
                "subjectAltName=DNS:localhost",
            ], folder: folder)
        #expect(try await make.end() == .exit(0), "\(make.output)")
        return (certificate, key)
    }

    @Test func handsOverAMail() async throws {
        let test = TestMailServer()
        try await test.listen { port in
            try await MailClient(Self.server(port) { $0.identity = "here.example.org" }).send(Self.message())
        }
        let heard = test.heard
        #expect(
            heard.prefix(4) == [
                "EHLO here.example.org", "MAIL FROM:<martlet@example.org>", "RCPT TO:<ada@example.org>",
                "RCPT TO:<bob@example.org>",
            ])
        let blank = try #require(heard.firstIndex(of: ""))
        let end = try #require(heard.firstIndex(of: "."))
        let head = heard[5..<blank]
        #expect(
            head.contains("To: <ada@example.org>,") && head.contains("Date: Tue, 14 Nov 2023 22:13:20 +0000"))
        #expect(head.contains("Message-ID: <x1Bcceveexampleorg@example.org>"))
        #expect(head.contains("Subject: =?utf-8?B?SGlnaCBpcyBmaXJpbmc=?="))
        #expect(
            Base64.decode(heard[(blank + 1)..<end].joined()).map { String(decoding: $0, as: UTF8.self) }
                == "a\r\nb")
    }

    /// Nothing that others write can begin a header, a command or the end of the mail.
    @Test func textsStayTexts() async throws {
        let test = TestMailServer()
        let evil = "x\r\nBcc: eve@example.org\r\n.\r\nMAIL FROM:<eve@example.org>\r\n"
        try await test.listen { port in
            try await MailClient(Self.server(port) { $0.identity = "x\r\nRSET" }).send(
                Self.message(evil, text: evil))
        }
        #expect(!test.heard.contains { $0.contains("eve@") || $0.contains("RSET") || $0.hasPrefix("Bcc") })
        #expect(test.heard.filter { $0 == "." }.count == 1)
        for text in [
            "a@b\r\nRCPT TO:<c@d>", "a b@c", "a@b@c", "@b", "a@", "<a@b", "a@b>", "ä@b", "a@b c", "\"a b\"@c",
            "",
        ] {
            #expect(MailAddress(text) == nil, "\(text)")
        }
        #expect(MailAddress(" Ada Lovelace <ada@example.org>")?.text == "ada@example.org")
        let list = MailAddress.list("a@b; c@d,\ne@f, no")
        #expect(list.addresses.map(\.text) == ["a@b", "c@d", "e@f"] && list.others == [" no"])
        for line in MailMessage.encoded(String(repeating: "ä€😀 ", count: 100)).split(separator: "\r\n ") {
            #expect(line.utf8.count <= 75)
        }
    }

    @Test func encryptsWhenTheServerOffersIt() async throws {
        let folder = TemporaryFolder()
        let files = try await Self.files(folder)
        var behaviour = TestMailServer.Behaviour()
        behaviour.abilities = ["STARTTLS", "AUTH PLAIN LOGIN"]
        (behaviour.certificate, behaviour.key) = files
        let test = TestMailServer(behaviour)
        try await test.listen { port in
            let trusting = Self.server(port) {
                ($0.user, $0.password, $0.authorityFile) = ("u", "p", files.certificate)
            }
            try await MailClient(trusting).send(Self.message())
            #expect(test.heard.prefix(3) == ["EHLO localhost", "STARTTLS", "* EHLO localhost"])
            #expect(test.heard.dropFirst(3).allSatisfy { $0.hasPrefix("* ") })
            #expect(test.heard.contains("* AUTH PLAIN AHUAcA=="))
            // Without its authority the certificate is not trusted, unless that is wanted.
            await #expect(throws: MailError.self) {
                try await MailClient(Self.server(port)).send(Self.message())
            }
            try await MailClient(Self.server(port) { $0.skipsVerification = true }).send(Self.message())
        }
    }

    /// What somebody on the way says before the encryption begins does not count.
    @Test func nothingIsSlippedIn() async throws {
        let folder = TemporaryFolder()
        var behaviour = TestMailServer.Behaviour()
        behaviour.abilities = ["STARTTLS"]
        behaviour.injected = "250-AUTH PLAIN\r\n250 x"
        (behaviour.certificate, behaviour.key) = try await Self.files(folder)
        let test = TestMailServer(behaviour)
        try await test.listen { port in
            let error = await #expect(throws: MailError.self) {
                try await MailClient(Self.server(port) { $0.skipsVerification = true }).send(Self.message())
            }
            #expect(error?.kind == .broken)
        }
        #expect(!test.heard.contains { $0.contains("MAIL") })
    }

    @Test func logsInButNotInTheClear() async throws {
        var behaviour = TestMailServer.Behaviour()
        behaviour.abilities = ["AUTH LOGIN"]
        let test = TestMailServer(behaviour)
        try await test.listen { port in
            try await MailClient(Self.server(port) { ($0.user, $0.password) = ("u", "p") }).send(
                Self.message())
            #expect(test.heard.dropFirst().prefix(3) == ["AUTH LOGIN", "dQ==", "cA=="])
            let count = test.heard.count
            let away = await #expect(throws: MailError.self) {
                var server = Self.server(port) { ($0.user, $0.password) = ("u", "p") }
                server.host = "127.0.0.2"
                try await MailClient(server).send(Self.message())
            }
            #expect(away?.message.contains("unencrypted") == true)
            #expect(!test.heard.dropFirst(count).contains { $0.contains("AUTH") })
            let strict = await #expect(throws: MailError.self) {
                try await MailClient(Self.server(port) { $0.encryption = .mandatory }).send(Self.message())
            }
            #expect(strict?.message == "the mail server does not offer STARTTLS")
        }
    }

    @Test func refusalsSayWhatAndNoSecrets() async throws {
        for (word, answer, kind) in [
            ("RCPT", "450 try later", MailError.Kind.refusedNow), ("MAIL", "550 no", .refused),
            ("AUTH", "535 no AHUAcA==", .refused), ("EHLO", "hello", .broken),
        ] {
            var behaviour = TestMailServer.Behaviour()
            behaviour.abilities = ["AUTH PLAIN"]
            behaviour.answers = [word: answer]
            let test = TestMailServer(behaviour)
            try await test.listen { port in
                let error = await #expect(throws: MailError.self) {
                    try await MailClient(Self.server(port) { ($0.user, $0.password) = ("u", "p") })
                        .send(Self.message())
                }
                #expect(error?.kind == kind, "\(word): \(String(describing: error))")
                #expect(error?.message.contains("AHUAcA") == false)
            }
        }
        await #expect(throws: MailError.self) { try await MailClient(Self.server(1)).send(Self.message()) }
    }

    @Test func aSilentServerMeetsADeadline() async throws {
        var behaviour = TestMailServer.Behaviour()
        behaviour.isSilent = true
        let test = TestMailServer(behaviour)
        try await test.listen { port in
            let error = await #expect(throws: MailError.self) {
                try await MailClient(Self.server(port), timeout: .milliseconds(300)).send(Self.message())
            }
            #expect(error?.kind == .unreachable)
        }
    }
}

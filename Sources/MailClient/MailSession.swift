import NIOCore
import Wire

/// The talk of one connection.
struct MailSession {
    let server: MailServer
    let channel: any Channel
    var inbound: NIOAsyncChannelInboundStream<NIOCore.ByteBuffer>.AsyncIterator
    let outbound: NIOAsyncChannelOutboundWriter<NIOCore.ByteBuffer>
    /// Bytes that came and were not read yet.
    private var rest = NIOCore.ByteBuffer()

    /// Bytes of one answer of the server.
    private static let answerMax = 64 << 10

    private struct Answer {
        let code: Int
        let lines: [String]

        /// For people; what a stranger's server says does not go on without end.
        var text: String {
            let text = lines.joined(separator: " ").unicodeScalars.filter {
                $0.value >= 32 && $0.value != 127
            }
            return "\(code) " + String(String.UnicodeScalarView(text)).prefix(200)
        }
    }

    init(
        server: MailServer, channel: any Channel,
        inbound: NIOAsyncChannelInboundStream<NIOCore.ByteBuffer>.AsyncIterator,
        outbound: NIOAsyncChannelOutboundWriter<NIOCore.ByteBuffer>
    ) {
        self.server = server
        self.channel = channel
        self.inbound = inbound
        self.outbound = outbound
    }

    /// - Throws: `MailError`, and what the connection throws.
    mutating func deliver(_ message: MailMessage) async throws {
        try await expect(220, "the greeting")
        var abilities = try await hello()
        var isEncrypted = server.isEncryptedAtOnce
        if !isEncrypted, server.encryption != .never {
            if abilities.contains("STARTTLS") {
                try await startEncryption()
                isEncrypted = true
                // What was said before may have been said by somebody else.
                abilities = try await hello()
            } else if server.encryption == .mandatory {
                throw MailError(.refused, "the mail server does not offer STARTTLS")
            }
        }
        if !server.user.isEmpty { try await logIn(abilities, isEncrypted: isEncrypted) }
        try await command("MAIL FROM:<\(message.from.text)>", 250, "the sender")
        for address in message.to {
            try await command("RCPT TO:<\(address.text)>", 250, "the recipient \(address.text)")
        }
        try await command("DATA", 354, "the mail")
        try await write(message.bytes + Array(".\r\n".utf8))
        try await expect(250, "the mail")
        // It has the mail; how it says goodbye is no matter.
        try? await write(Array("QUIT\r\n".utf8))
    }

    /// - Returns: what the server can do, in capitals.
    private mutating func hello() async throws -> [String] {
        let name = server.identity.utf8.allSatisfy {
            MailAddress.isAlphanumeric($0) || "-.[]:".utf8.contains($0)
        }
        try await write(
            Array("EHLO \(name && !server.identity.isEmpty ? server.identity : "localhost")\r\n".utf8))
        let answer = try await read()
        guard answer.code == 250 else { throw MailSession.failure(answer, "the hello") }
        return answer.lines.dropFirst().map { $0.uppercased() }
    }

    private mutating func startEncryption() async throws {
        try await command("STARTTLS", 220, "STARTTLS")
        // Bytes that came in the clear must not pass for encrypted ones (CVE-2011-0411).
        guard rest.readableBytes == 0 else {
            throw MailError(.broken, "the mail server spoke before the encryption began")
        }
        let (channel, server) = (channel, server)
        try await channel.eventLoop.submit { try MailClient.encrypt(channel, server) }.get()
    }

    private mutating func logIn(_ abilities: [String], isEncrypted: Bool) async throws {
        guard isEncrypted || server.isOnThisMachine else {
            throw MailError(.refused, "the mail server would see the password unencrypted: it is not sent")
        }
        let kinds = abilities.first { $0.hasPrefix("AUTH ") }?.split(separator: " ").dropFirst() ?? []
        if kinds.contains("PLAIN") {
            let token = Base64.encode(Array("\0\(server.user)\0\(server.password)".utf8))
            try await command("AUTH PLAIN \(token)", 235, "the login", isSecret: true)
        } else if kinds.contains("LOGIN") {
            try await command("AUTH LOGIN", 334, "the login", isSecret: true)
            try await command(Base64.encode(Array(server.user.utf8)), 334, "the login", isSecret: true)
            try await command(Base64.encode(Array(server.password.utf8)), 235, "the login", isSecret: true)
        } else {
            throw MailError(.refused, "the mail server offers neither AUTH PLAIN nor AUTH LOGIN")
        }
    }

    // MARK: - Lines

    /// - Parameter isSecret: whether the server's words, which may repeat ours, are kept out of errors.
    private mutating func command(
        _ line: String, _ code: Int, _ thing: String, isSecret: Bool = false
    ) async throws {
        precondition(!line.utf8.contains(13) && !line.utf8.contains(10), "BUG: a command of two lines")
        try await write(Array((line + "\r\n").utf8))
        try await expect(code, thing, isSecret: isSecret)
    }

    private func write(_ bytes: [UInt8]) async throws {
        try await outbound.write(NIOCore.ByteBuffer(bytes: bytes))
    }

    private mutating func expect(_ code: Int, _ thing: String, isSecret: Bool = false) async throws {
        let answer = try await read()
        // 251: it is passed on.
        guard answer.code == code || (code == 250 && answer.code == 251) else {
            throw MailSession.failure(answer, thing, isSecret: isSecret)
        }
    }

    private static func failure(_ answer: Answer, _ thing: String, isSecret: Bool = false) -> MailError {
        MailError(
            (400..<500).contains(answer.code) ? .refusedNow : .refused,
            "the mail server does not take \(thing): \(isSecret ? String(answer.code) : answer.text)")
    }

    /// Reads an answer, which may have many lines.
    private mutating func read() async throws -> Answer {
        var lines: [String] = []
        var bytes = 0
        while true {
            let line = try await line(&bytes)
            let code = line.prefix(3)
            guard code.utf8.count == 3, let number = Int(code), (200..<600).contains(number) else {
                throw MailError(.broken, "what answers at \(server.host):\(server.port) is no mail server")
            }
            lines.append(String(line.dropFirst(4)))
            if line.dropFirst(3).first != "-" { return Answer(code: number, lines: lines) }
        }
    }

    private mutating func line(_ bytes: inout Int) async throws -> String {
        while true {
            if let end = rest.readableBytesView.firstIndex(of: 10) {
                let count = end - rest.readerIndex
                let line = rest.readBytes(length: count + 1) ?? []
                rest.discardReadBytes()
                return String(decoding: line.prefix { $0 != 13 && $0 != 10 }, as: UTF8.self)
            }
            guard var next = try await inbound.next() else {
                throw MailError(.unreachable, "the mail server closed the connection")
            }
            bytes += next.readableBytes
            guard bytes <= MailSession.answerMax else {
                throw MailError(.broken, "the mail server's answer has no end")
            }
            rest.writeBuffer(&next)
        }
    }
}

import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A small mail server in this process that remembers what it is told.
final class TestMailServer: Sendable {
    struct Behaviour: Sendable {
        var abilities = ["8BITMIME"]
        /// Answers by the first word of a command, in place of the usual ones.
        var answers: [String: String] = [:]
        /// What is sent behind the answer to STARTTLS, still in the clear.
        var injected = ""
        var isSilent = false
        /// PEM files, for STARTTLS.
        var certificate = ""
        var key = ""
    }

    /// Lines of the clients, with a mark before those that came encrypted.
    let lines = Mutex<[String]>([])
    private let behaviour: Behaviour

    init(_ behaviour: Behaviour = Behaviour()) { self.behaviour = behaviour }

    var heard: [String] { lines.withLock { $0 } }

    /// Listens for as long as `body` runs.
    func listen(_ body: @escaping @Sendable (_ port: Int) async throws -> Void) async throws {
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(host: "0.0.0.0", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        let port = server.channel.localAddress?.port ?? 0
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await server.executeThenClose { connections in
                    try await withThrowingDiscardingTaskGroup { group in
                        for try await connection in connections {
                            group.addTask { try? await self.serve(connection) }
                        }
                    }
                }
            }
            try await body(port)
            group.cancelAll()
        }
    }

    private func serve(_ channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>) async throws {
        try await channel.executeThenClose { inbound, outbound in
            func say(_ text: String) async throws {
                try await outbound.write(ByteBuffer(string: text + "\r\n"))
            }
            var iterator = inbound.makeAsyncIterator()
            var rest = ByteBuffer()
            var (isEncrypted, isData) = (false, false)
            if behaviour.isSilent {
                while try await iterator.next() != nil {}
                return
            }
            try await say("220 test ESMTP")
            while var next = try await iterator.next() {
                rest.writeBuffer(&next)
                while let end = rest.readableBytesView.firstIndex(of: 10) {
                    let line = String(
                        decoding: (rest.readBytes(length: end - rest.readerIndex + 1) ?? []).filter {
                            $0 != 13 && $0 != 10
                        },
                        as: UTF8.self)
                    lines.withLock { $0.append((isEncrypted ? "* " : "") + line) }
                    if isData {
                        isData = line != "."
                        if !isData { try await say("250 queued") }
                        continue
                    }
                    let word = String(line.prefix { $0 != " " && $0 != ":" })
                    if let answer = behaviour.answers[word] {
                        try await say(answer)
                        continue
                    }
                    switch word {
                    case "EHLO":
                        let abilities = behaviour.abilities.filter { !isEncrypted || $0 != "STARTTLS" }
                        for ability in ["test"] + abilities.dropLast() { try await say("250-" + ability) }
                        try await say("250 " + (abilities.last ?? "HELP"))
                    case "STARTTLS":
                        try await say(
                            "220 go ahead" + (behaviour.injected.isEmpty ? "" : "\r\n" + behaviour.injected))
                        let behaviour = behaviour
                        try await channel.channel.eventLoop.submit {
                            let configuration = TLSConfiguration.makeServerConfiguration(
                                certificateChain: try NIOSSLCertificate.fromPEMFile(behaviour.certificate)
                                    .map { .certificate($0) },
                                privateKey: .privateKey(
                                    try NIOSSLPrivateKey(file: behaviour.key, format: .pem)))
                            try channel.channel.pipeline.syncOperations.addHandler(
                                NIOSSLServerHandler(context: try NIOSSLContext(configuration: configuration)),
                                position: .first)
                        }.get()
                        isEncrypted = true
                    case "AUTH":
                        try await say(line.hasPrefix("AUTH LOGIN") ? "334 VXNlcm5hbWU6" : "235 welcome")
                    case "DATA":
                        isData = true
                        try await say("354 go on")
                    case "QUIT":
                        try await say("221 bye")
                        return
                    case "MAIL", "RCPT": try await say("250 fine")
                    // The two answers of AUTH LOGIN.
                    default: try await say(word == "dQ==" ? "334 UGFzc3dvcmQ6" : "235 welcome")
                    }
                }
            }
        }
    }
}

import NIOCore
import NIOPosix
import NIOSSL

/// Hands mails to a server by SMTP. Source: RFC 5321, RFC 3207 (STARTTLS), RFC 4954 (AUTH).
public struct MailClient: Sendable {
    public let server: MailServer
    /// For one mail, from the connection to the last answer.
    private let timeout: Duration

    public init(_ server: MailServer, timeout: Duration = .seconds(30)) {
        self.server = server
        self.timeout = timeout
    }

    /// Sends a mail over a connection of its own.
    ///
    /// - Throws: `MailError`, `CancellationError`.
    public func send(_ message: MailMessage) async throws {
        guard !message.to.isEmpty else { throw MailError(.invalid, "a mail needs somebody to go to") }
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await talk(message)
                return true
            }
            group.addTask {
                try await Task.sleep(for: timeout)
                return false
            }
            defer { group.cancelAll() }
            guard try await group.next() == true else {
                throw MailError(.unreachable, "the mail server did not answer in time")
            }
        }
    }

    private func talk(_ message: MailMessage) async throws {
        let channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>
        do {
            channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connectTimeout(.seconds(10))
                .connect(host: server.host, port: server.port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        if server.isEncryptedAtOnce {
                            try MailClient.encrypt(channel, server)
                        }
                        return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                            wrappingChannelSynchronously: channel)
                    }
                }
        } catch let error as MailError {
            throw error
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            throw MailError(.unreachable, "cannot reach the mail server \(server.host):\(server.port)")
        }
        do {
            try await channel.executeThenClose { inbound, outbound in
                var session = MailSession(
                    server: server, channel: channel.channel, inbound: inbound.makeAsyncIterator(),
                    outbound: outbound)
                try await session.deliver(message)
            }
        } catch let error as MailError {
            throw error
        } catch is CancellationError {
            throw CancellationError()
        } catch let error as NIOSSLError {
            throw MailError(.broken, "cannot encrypt the connection to the mail server: \(error)")
        } catch {
            throw MailError(.unreachable, "the connection to the mail server broke: \(error)")
        }
    }

    /// Puts encryption before all that goes over a connection. On its event loop.
    static func encrypt(_ channel: any Channel, _ server: MailServer) throws {
        var configuration = TLSConfiguration.makeClientConfiguration()
        if server.skipsVerification { configuration.certificateVerification = .none }
        if !server.authorityFile.isEmpty {
            configuration.trustRoots = .file(server.authorityFile)
        }
        let context: NIOSSLContext
        let handler: NIOSSLClientHandler
        do {
            context = try NIOSSLContext(configuration: configuration)
            // An address is no name that a certificate could be asked for before the handshake.
            let isAddress = (try? SocketAddress(ipAddress: server.host, port: server.port)) != nil
            handler = try NIOSSLClientHandler(
                context: context, serverHostname: isAddress ? nil : server.host)
        } catch {
            throw MailError(.invalid, "cannot encrypt the connection to the mail server: \(error)")
        }
        try channel.pipeline.syncOperations.addHandler(handler, position: .first)
    }
}

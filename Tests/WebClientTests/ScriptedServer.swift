import NIOCore
import NIOPosix
import Synchronization

/// A server that answers the nth request it gets with the nth of some bytes, on whichever connection.
final class ScriptedServer: Sendable {
    struct Answer: Sendable {
        var bytes: String
        var closes = false
        /// Milliseconds before it is sent.
        var delay: Int64 = 0
    }

    private struct State {
        var answers: [Answer]
        var requests: [String] = []
        var connectionCount = 0
    }

    private let state: Mutex<State>

    private init(_ answers: [Answer]) {
        state = Mutex(State(answers: answers))
    }

    var requests: [String] { state.withLock { $0.requests } }
    var connectionCount: Int { state.withLock { $0.connectionCount } }

    /// Serves on a free port of this machine while `body` runs, which gets `http://127.0.0.1:port`.
    static func run(_ answers: [Answer], _ body: (ScriptedServer, String) async throws -> Void) async throws {
        let server = ScriptedServer(answers)
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                server.state.withLock { $0.connectionCount += 1 }
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Connection(server))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        do {
            try await body(server, "http://127.0.0.1:\(channel.localAddress?.port ?? 0)")
        } catch {
            try await channel.close()
            throw error
        }
        try await channel.close()
    }

    private final class Connection: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let server: ScriptedServer
        private var received = ""

        init(_ server: ScriptedServer) { self.server = server }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            received += String(buffer: unwrapInboundIn(data))
            guard received.hasSuffix("\r\n\r\n") else { return }
            let answer = server.state.withLock { state in
                state.requests.append(received)
                return state.answers.isEmpty ? nil : state.answers.removeFirst()
            }
            received = ""
            guard let answer else { return context.close(promise: nil) }
            let channel = context.channel
            context.eventLoop.scheduleTask(in: .milliseconds(answer.delay)) {
                channel.writeAndFlush(ByteBuffer(string: answer.bytes), promise: nil)
                if answer.closes { channel.close(promise: nil) }
            }
        }
    }
}

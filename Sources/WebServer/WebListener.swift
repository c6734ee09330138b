public import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
public import ServiceLifecycle

/// How a listener takes connections.
public struct WebListenerOptions: Sendable {
    /// Seconds after which an idle connection is closed.
    public var idleSeconds: Int64 = 300
    /// The most connections at once; further ones wait.
    public var connectionsMax = 512
    /// Nil: plain HTTP.
    public var tls: ListenerTLS?
    /// Whether requests are handled on the event loop of their connection instead of the cooperative pool: two thread
    /// switches fewer a request, for a role whose handlers leave all that takes long to `WorkerThreads`.
    public var handlesOnEventLoop = false
    /// Answers what takes microseconds before a request goes the way of all others; nil: there is none.
    public var fastPath: FastPath?

    public init() {}
}

/// Serves a router on an address until the service group shuts down. Text answers of a kilobyte and more
/// are compressed for clients that accept it.
public struct WebListener: Service, CustomStringConvertible {
    public var description: String { "WebListener" }

    /// The most that a request's head may take, bytes.
    static let headerBytesMax = 64 * 1024

    private let role: String
    private let address: ListenAddress
    private let responder: CompressingResponder
    private let options: WebListenerOptions
    private let logger: Logger
    private let onReady: @Sendable (Int) async -> Void

    /// - Parameters:
    ///   - role: named in logs and errors, for instance "server".
    ///   - onReady: called once with the port that is open.
    public init(
        role: String, address: ListenAddress, router: Router<WebContext>,
        options: WebListenerOptions = WebListenerOptions(),
        logger: Logger,
        onReady: @escaping @Sendable (Int) async -> Void = { _ in }
    ) {
        self.role = role
        self.address = address
        responder = CompressingResponder(router: router.buildResponder())
        self.options = options
        self.logger = logger
        self.onReady = onReady
    }

    /// - Throws: `WebServerError` when the address cannot be listened on.
    public func run() async throws {
        let application = Application(
            responder: responder,
            server: server,
            configuration: .init(
                address: .hostname(address.host, port: address.port), serverName: nil,
                availableConnectionsDelegate: MaximumAvailableConnections(options.connectionsMax)),
            onServerRunning: { [onReady] channel in await onReady(channel.localAddress?.port ?? 0) },
            logger: logger)
        do {
            try await application.run()
        } catch let error as IOError {
            throw address.failure(error.errnoCode, role: role)
        }
    }

    private var server: HTTPServerBuilder {
        let options = options
        return HTTPServerBuilder { responder in
            let http = HTTP1Channel(
                responder: responder,
                configuration: .init(
                    additionalChannelHandlers: [ClientWatch()],
                    idleTimeout: .seconds(options.idleSeconds),
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: WebListener.headerBytesMax,
                        maxHeaderListSize: WebListener.headerBytesMax, maxHeaderFieldCount: 200)))
            let channel = LingeringChannel(
                base: http, staysOnLoop: options.handlesOnEventLoop, fastPath: options.fastPath,
                idleTime: .seconds(options.idleSeconds))
            if let tls = options.tls { return SecureChannel(base: channel, tls: tls) }
            return channel
        }
    }
}

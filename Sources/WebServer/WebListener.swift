public import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
public import ServiceLifecycle

/// Serves a router on an address until the service group shuts down.
public struct WebListener: Service {
    /// The most that a request's head may take, bytes.
    static let headerBytesMax = 64 * 1024

    private let role: String
    private let address: ListenAddress
    private let responder: RouterResponder<WebContext>
    private let logger: Logger
    private let onReady: @Sendable (Int) async -> Void

    /// - Parameters:
    ///   - role: named in logs and errors, for instance "server".
    ///   - onReady: called once with the port that is open.
    public init(
        role: String, address: ListenAddress, router: Router<WebContext>, logger: Logger,
        onReady: @escaping @Sendable (Int) async -> Void = { _ in }
    ) {
        self.role = role
        self.address = address
        responder = router.buildResponder()
        self.logger = logger
        self.onReady = onReady
    }

    /// - Throws: `WebServerError` when the address cannot be listened on.
    public func run() async throws {
        let application = Application(
            responder: responder,
            server: .http1(
                configuration: .init(
                    additionalChannelHandlers: [ClientWatch()],
                    idleTimeout: .seconds(300),
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: WebListener.headerBytesMax,
                        maxHeaderListSize: WebListener.headerBytesMax, maxHeaderFieldCount: 200))),
            configuration: .init(
                address: .hostname(address.host, port: address.port), serverName: nil,
                availableConnectionsDelegate: MaximumAvailableConnections(512)),
            onServerRunning: { [onReady] channel in await onReady(channel.localAddress?.port ?? 0) },
            logger: logger)
        do {
            try await application.run()
        } catch let error as IOError {
            throw address.failure(error.errnoCode, role: role)
        }
    }
}

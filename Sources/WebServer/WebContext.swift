public import Hummingbird
import Logging
public import NIOCore

/// What a handler knows of a request beside the request itself.
public struct WebContext: RequestContext {
    public var coreContext: CoreRequestContextStorage
    /// The peer's address; nil when the request came without a socket.
    public let remoteAddress: SocketAddress?
    /// Who is asking, set by a role's own middleware; nil for nobody known.
    public var identity: (any Sendable)?
    /// The connection of the request; nil when it came without a socket.
    let channel: (any Channel)?

    public init(source: Source) {
        coreContext = .init(source: source)
        remoteAddress = source.channel.remoteAddress
        channel = source.channel
    }

    /// For a request that comes from inside the program.
    init(logger: Logger) {
        coreContext = .init(source: LocalSource(logger: logger))
        remoteAddress = nil
        channel = nil
    }

    /// The peer's IP address without port, or "" when there is none.
    public var clientAddress: String { remoteAddress?.ipAddress ?? "" }
}

private struct LocalSource: RequestContextSource {
    let logger: Logger
}

public import Hummingbird
public import NIOCore

/// What a handler knows of a request beside the request itself.
public struct WebContext: RequestContext {
    public var coreContext: CoreRequestContextStorage
    /// The peer's address; nil in socket-free tests.
    public let remoteAddress: SocketAddress?
    /// Who is asking, set by a role's own middleware; nil for nobody known.
    public var identity: (any Sendable)?

    public init(source: Source) {
        coreContext = .init(source: source)
        remoteAddress = source.channel.remoteAddress
    }

    /// The peer's IP address without port, or "" when there is none.
    public var clientAddress: String { remoteAddress?.ipAddress ?? "" }
}

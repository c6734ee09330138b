public import NIOCore

/// A request to another server.
public struct OutgoingRequest: Sendable {
    public var method = "GET"
    /// `http`, `https`, or `http+unix` with the socket's path as percent-encoded host.
    public var url: String
    public var headers: [(name: String, value: String)] = []
    public var body: [UInt8]?
    /// Milliseconds from the start until the last byte of the answer.
    public var timeout: Int64 = 30_000
    /// Bytes of the body as it comes over the wire.
    public var bodySizeLimit = 1 << 30
    /// A buffer to receive the body in; its room is reused.
    public var buffer = ByteBuffer()

    public init(url: String) {
        self.url = url
    }
}

/// The answer to an ``OutgoingRequest``.
public struct OutgoingResponse: Sendable {
    public var status: Int
    /// The words after the status.
    public var reason: String
    public var headers: [(name: String, value: String)]
    /// As it came: still compressed when ``header(_:)`` `Content-Encoding` says so.
    public var body: ByteBuffer

    /// The first value of a header, whose name may be in any case.
    public func header(_ name: String) -> String? {
        headers.first { header in
            header.name.utf8.count == name.utf8.count
                && zip(header.name.utf8, name.utf8).allSatisfy { Self.lowercased($0) == Self.lowercased($1) }
        }?.value
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}

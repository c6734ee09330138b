internal import AsyncHTTPClient
public import EventLoops
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import Synchronization
internal import Wire

/// Sends requests as one block of ``HTTPClientSettings`` wants them: connections are kept and shared,
/// credentials added, redirects followed.
public final class OutgoingClient: Sendable {
    private let settings: HTTPClientSettings
    private let userAgent: String
    private let direct: HTTPClient
    private let proxied: HTTPClient?
    private let bypass: ProxyBypass

    /// Reads the certificates that the settings name: blocks on the disk.
    ///
    /// - Throws: `credentials`, `unsupported`, `invalidURL` (of the proxy).
    public init(_ settings: HTTPClientSettings, userAgent: String) throws(WebClientError) {
        if settings.oauth2 != nil {
            throw WebClientError(.unsupported, "cannot use oauth2: it is not supported yet")
        }
        if !settings.proxy.connectHeaders.isEmpty {
            throw WebClientError(.unsupported, "cannot use proxy_connect_header: it is not supported")
        }
        self.settings = settings
        self.userAgent = userAgent
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: try settings.tls.configuration(),
            redirectConfiguration: settings.followRedirects
                ? .follow(max: 10, allowCycles: false) : .disallow,
            timeout: .init(connect: Self.connectTimeout), decompression: .disabled)
        configuration.httpVersion = settings.enableHTTP2 ? .automatic : .http1Only
        // Longer than any sensible scrape interval, as Go's client keeps them.
        configuration.connectionPool.idleTimeout = .minutes(5)
        let choice = try ProxyChoice(settings.proxy)
        bypass = choice.bypass
        direct = HTTPClient(
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, configuration: configuration)
        if let proxy = choice.proxy {
            configuration.proxy = proxy
            proxied = HTTPClient(
                eventLoopGroup: MultiThreadedEventLoopGroup.singleton, configuration: configuration)
        } else {
            proxied = nil
        }
    }

    deinit {
        // Idle connections are closed behind our back; nobody waits for that.
        let clients = [direct, proxied].compactMap { $0 }
        Task {
            for client in clients { try? await client.shutdown() }
        }
    }

    /// A connection of its own for requests to the server of a URL; nil when it is reached by other means than plain
    /// HTTP without a proxy.
    public func keptConnection(to url: String, on loop: SocketLoop) -> KeptConnection? {
        guard let connection = KeptConnection(to: url, on: loop),
            proxied == nil || bypass.isDirect(host: connection.host)
        else { return nil }
        return connection
    }

    private static let connectTimeout = TimeAmount.seconds(30)

    /// Sends a request and waits for the whole answer, whatever its status.
    ///
    /// - Parameter connection: to the server of the URL; nil: one of the client's own.
    public func send(
        _ request: OutgoingRequest, over connection: KeptConnection? = nil
    ) async throws(WebClientError) -> OutgoingResponse {
        var request = request
        let start = NIODeadline.now()
        let deadline = start + .milliseconds(request.timeout)
        let credentials = try await headersFromSettings()
        do {
            return try await attempt(&request, credentials, deadline, connection)
        } catch {
            // A kept connection may have been closed by the server just now; what changes nothing there
            // may be asked again.
            guard error.kind == .connection, request.method == "GET", error.message.contains("closed"),
                NIODeadline.now() < deadline
            else { throw error }
            return try await attempt(&request, credentials, deadline, connection)
        }
    }

    private func attempt(
        _ request: inout OutgoingRequest, _ credentials: [(String, String)], _ deadline: NIODeadline,
        _ connection: KeptConnection?
    ) async throws(WebClientError) -> OutgoingResponse {
        if let connection, !connection.redirects.load(ordering: .relaxed) {
            let response = try await attempt(&request, credentials, deadline, over: connection)
            guard settings.followRedirects, (300..<400).contains(response.status),
                response.header("location") != nil
            else { return response }
            connection.redirects.store(true, ordering: .relaxed)
        }
        let call = try makeCall(request, credentials)
        let collector = BodyCollector(buffer: request.buffer, sizeLimit: request.bodySizeLimit)
        request.buffer = ByteBuffer()
        let client = proxied.flatMap { bypass.isDirect(host: call.host) ? nil : $0 } ?? direct
        let task = client.execute(request: call, delegate: collector, deadline: deadline)
        do {
            return try await withTaskCancellationHandler {
                try await task.get()
            } onCancel: {
                task.cancel()
            }
        } catch {
            throw WebClientError(error, url: request.url, timeout: request.timeout)
        }
    }

    private func attempt(
        _ request: inout OutgoingRequest, _ credentials: [(String, String)], _ deadline: NIODeadline,
        over connection: KeptConnection
    ) async throws(WebClientError) -> OutgoingResponse {
        let bytes: [UInt8]
        if let known = connection.known(request, credentials) {
            bytes = known
        } else {
            bytes = try self.bytes(of: request, credentials, authority: connection.authority)
            connection.remember(bytes, for: request, credentials)
        }
        let buffer = request.buffer
        request.buffer = ByteBuffer()
        do {
            return try await connection.send(
                bytes, isHead: request.method == "HEAD", buffer: buffer, sizeLimit: request.bodySizeLimit,
                deadline: deadline.uptimeNanoseconds)
        } catch {
            throw WebClientError(error, url: request.url, timeout: request.timeout)
        }
    }

    /// A request as it goes over the wire.
    ///
    /// - Throws: `invalidURL`, `unsupported`.
    private func bytes(
        of request: OutgoingRequest, _ credentials: [(String, String)], authority: String
    ) throws(WebClientError) -> [UInt8] {
        let headers = headers(of: request, credentials)
        for (name, value) in headers where !Self.isOneLine(name) || !Self.isOneLine(value) {
            throw WebClientError(.unsupported, "cannot send the header \(name): it has control characters")
        }
        let target = request.url.dropFirst("http://".count + authority.count).prefix { $0 != "#" }
        guard (request.method + target).utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
            throw WebClientError(.invalidURL, "cannot use the URL \"\(request.url)\"")
        }
        var text = "\(request.method) \(target.hasPrefix("/") ? "" : "/")\(target) HTTP/1.1\r\n"
        text += "Host: \(authority)\r\n"
        for (name, value) in headers { text += "\(name): \(value)\r\n" }
        if let body = request.body { text += "Content-Length: \(body.count)\r\n" }
        text += "\r\n"
        return Array(text.utf8) + (request.body ?? [])
    }

    private static func isOneLine(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == UInt8(ascii: "\t") }
    }

    private func headers(of request: OutgoingRequest, _ credentials: [(String, String)]) -> HTTPHeaders {
        var headers = HTTPHeaders()
        headers.add(name: "User-Agent", value: userAgent)
        for (name, value) in credentials { headers.add(name: name, value: value) }
        for (name, value) in request.headers { headers.replaceOrAdd(name: name, value: value) }
        return headers
    }

    private func makeCall(
        _ request: OutgoingRequest, _ credentials: [(String, String)]
    ) throws(WebClientError) -> HTTPClient.Request {
        do {
            return try HTTPClient.Request(
                url: request.url, method: HTTPMethod(rawValue: request.method),
                headers: headers(of: request, credentials), body: request.body.map { .bytes($0) })
        } catch {
            throw WebClientError(.invalidURL, "cannot use the URL \"\(request.url)\"")
        }
    }

    // MARK: - Credentials

    private func headersFromSettings() async throws(WebClientError) -> [(String, String)] {
        var result: [(String, String)] = []
        if let basic = settings.basicAuth {
            let user =
                basic.usernameFile.isEmpty ? basic.username : try await firstLine(of: basic.usernameFile)
            let password =
                basic.passwordFile.isEmpty
                ? basic.password.value : try await firstLine(of: basic.passwordFile)
            result.append(("Authorization", "Basic " + Base64.encode(Array("\(user):\(password)".utf8))))
        } else if let authorization = settings.authorization {
            let credentials =
                authorization.credentialsFile.isEmpty
                ? authorization.credentials.value : try await firstLine(of: authorization.credentialsFile)
            result.append(("Authorization", "\(authorization.type) \(credentials)"))
        }
        for header in settings.headers {
            for value in header.values { result.append((header.name, value)) }
            for secret in header.secrets { result.append((header.name, secret.value)) }
            for file in header.files { result.append((header.name, try await firstLine(of: file))) }
        }
        return result
    }

    /// The text of a small file without blanks at its ends.
    private func firstLine(of path: String) async throws(WebClientError) -> String {
        do {
            return try await NIOThreadPool.singleton.runIfActive { try TextFile.read(path) }
        } catch let error as WebClientError {
            throw error
        } catch {
            throw WebClientError(.credentials, "cannot read \(path): \(error)")
        }
    }
}

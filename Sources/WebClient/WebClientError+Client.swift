internal import AsyncHTTPClient
internal import EventLoops
internal import NIOCore
internal import NIOPosix

#if canImport(Glibc)
    import Glibc
#endif

extension WebClientError {
    /// What an error of the client means, in words for the user.
    init(_ error: any Error, url: String, timeout: Int64) {
        let seconds = "\(Double(timeout) / 1000)s"
        switch error {
        case let error as WebClientError: self = error
        case let error as HTTPClientError: self = Self.meaning(of: error, url: url, seconds: seconds)
        case let error as NIOConnectionError:
            let reason = error.connectionErrors.last.map { Self.reason($0.error) } ?? "no such host"
            self.init(.connection, "cannot get \(url): dial tcp: \(reason)")
        case let error as DialError: self.init(.connection, "cannot get \(url): dial tcp: \(error.reason)")
        default: self.init(.connection, "cannot get \(url): \(Self.reason(error))")
        }
    }

    private static func meaning(of error: HTTPClientError, url: String, seconds: String) -> WebClientError {
        switch error {
        case .deadlineExceeded, .readTimeout, .writeTimeout:
            WebClientError(
                .timeout, "cannot get \(url): no answer within \(seconds) (context deadline exceeded)")
        case .connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout:
            WebClientError(
                .timeout, "cannot get \(url): no connection within \(seconds) (context deadline exceeded)")
        case .remoteConnectionClosed:
            WebClientError(.connection, "cannot get \(url): the server closed the connection")
        case .cancelled: WebClientError(.connection, "cannot get \(url): cancelled")
        case .invalidURL, .emptyHost, .emptyScheme:
            WebClientError(.invalidURL, "cannot use the URL \"\(url)\"")
        default: WebClientError(.connection, "cannot get \(url): \(error.shortDescription)")
        }
    }

    private static func reason(_ error: any Error) -> String {
        guard let error = error as? IOError else { return "\(error)" }
        return String(cString: strerror(error.errnoCode))
    }
}

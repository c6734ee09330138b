import Exposition
import NIOCore
import WebClient

/// How a target is asked, and what its answer may look like.
struct ScrapeRequest: Sendable {
    let url: String
    private let headers: [(name: String, value: String)]
    private let timeout: Int64
    private let fallback: ScrapeProtocol?
    let bodySizeLimit: Int

    /// What a body may measure when no limit is configured: all that a cache of its lines can hold.
    static let bodySizeMax = KnownLines.textSizeMax

    init(target: Target, configuration: ScrapeConfiguration) {
        url = target.socketPath.isEmpty ? target.url : ScrapeRequest.socketURL(target)
        timeout = target.timeout
        fallback = configuration.fallbackProtocol
        let limit = configuration.limits.bodySize
        bodySizeLimit = limit > 0 ? Int(min(limit, Int64(Self.bodySizeMax))) : Self.bodySizeMax
        headers = [
            ("Accept", Self.accept(configuration.protocols, configuration.nameEscaping)),
            ("Accept-Encoding", configuration.enableCompression ? "gzip" : "identity"),
            ("X-Prometheus-Scrape-Timeout-Seconds", Self.seconds(target.timeout)),
        ]
    }

    /// - Parameter buffer: for the body.
    func outgoing(buffer: ByteBuffer) -> OutgoingRequest {
        var request = OutgoingRequest(url: url)
        request.headers = headers
        request.timeout = timeout
        request.bodySizeLimit = bodySizeLimit
        request.buffer = buffer
        return request
    }

    /// The protocols in their order, each a bit less wanted than the one before.
    static func accept(_ protocols: [ScrapeProtocol], _ escaping: NameEscaping) -> String {
        var weight = ScrapeProtocol.allCases.count + 1
        var items: [String] = []
        for format in protocols {
            // The weights are Prometheus'.
            let hasEscaping = format == .text100 || format == .openMetrics100
            items.append(
                format.mediaType + (hasEscaping ? ";escaping=\(escaping.rawValue)" : "") + ";q=0.\(weight)")
            weight -= 1
        }
        items.append("*/*;q=0.\(weight)")
        return items.joined(separator: ",")
    }

    /// The format of a body.
    enum BodyFormat: Equatable {
        case text(ExpositionFormat)
        case protobuf
    }

    /// Which format a body is in.
    ///
    /// - Throws: `unsupportedContentType`.
    func format(contentType: String?) throws(ScrapingError) -> BodyFormat {
        if let contentType, let format = ExpositionFormat(contentType: contentType) { return .text(format) }
        if contentType?.prefix(while: { $0 != ";" }).lowercased() == "application/vnd.google.protobuf" {
            return .protobuf
        }
        switch fallback {
        case .text004, .text100: return .text(.text)
        case .openMetrics001, .openMetrics100: return .text(.openMetrics)
        case .protobuf: return .protobuf
        case nil: break
        }
        guard let contentType, !contentType.isEmpty else {
            throw ScrapingError(
                .unsupportedContentType,
                "the target sends no Content-Type, and the job has no fallback_scrape_protocol")
        }
        throw ScrapingError(
            .unsupportedContentType,
            "the target sends the Content-Type \"\(contentType.prefix(100))\", which is not supported, and the job has no fallback_scrape_protocol"
        )
    }

    private static func seconds(_ milliseconds: Int64) -> String {
        let whole = milliseconds / 1000
        let rest = milliseconds % 1000
        guard rest != 0 else { return String(whole) }
        var digits = String(1000 + rest).dropFirst()
        while digits.hasSuffix("0") { digits = digits.dropLast() }
        return "\(whole).\(digits)"
    }

    /// The URL of a Unix socket, in the form of the HTTP client.
    private static func socketURL(_ target: Target) -> String {
        var path = ""
        URLText.escape(target.socketPath, keeping: "", to: &path)
        let isSecure = target.url.hasPrefix("https:")
        let afterScheme = target.url.drop { $0 != "/" }.dropFirst(2)
        return "\(isSecure ? "https" : "http")+unix://\(path)\(afterScheme.drop { $0 != "/" })"
    }
}

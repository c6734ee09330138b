/// The text formats, with their media types.
public enum ExpositionFormat: Sendable, Equatable {
    /// Prometheus text 0.0.4.
    case text
    /// OpenMetrics text 1.0.0.
    case openMetrics

    /// The value of the Content-Type header.
    public var contentType: String {
        switch self {
        case .text: "text/plain; version=0.0.4; charset=utf-8"
        case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
        }
    }

    /// The format of a body by its Content-Type; nil for a type that is not one of the text formats.
    public init?(contentType: String) {
        let type = contentType.prefix { $0 != ";" }.filter { $0 != " " }.lowercased()
        switch type {
        case "text/plain": self = .text
        case "application/openmetrics-text": self = .openMetrics
        default: return nil
        }
    }

    /// The best format for an Accept header: the one with the highest quality that we write; text
    /// when there is none.
    public init(accepting accept: String?) {
        var best: (format: ExpositionFormat, quality: Double) = (.text, 0)
        for item in (accept ?? "").split(separator: ",").prefix(64) {
            let parts = item.split(separator: ";").map { $0.filter { $0 != " " }.lowercased() }
            guard let type = parts.first else { continue }
            var quality = 1.0
            var version = ""
            for parameter in parts.dropFirst() {
                if parameter.hasPrefix("q=") { quality = Double(parameter.dropFirst(2)) ?? 0 }
                if parameter.hasPrefix("version=") { version = String(parameter.dropFirst(8)) }
            }
            let format: ExpositionFormat
            switch type {
            case "application/openmetrics-text" where version == "1.0.0" || version == "":
                format = .openMetrics
            case "text/plain", "text/*", "*/*": format = .text
            default: continue
            }
            if quality > best.quality { best = (format, quality) }
        }
        self = best.format
    }
}

/// The types of metric families, under the names of the formats.
public enum MetricType: String, Sendable, CaseIterable {
    case counter
    case gauge
    case histogram
    case summary
    case untyped
    case unknown
    case info
    case stateset
    case gaugehistogram
}

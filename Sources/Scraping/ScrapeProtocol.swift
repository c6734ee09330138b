/// An exposition format that a scrape may ask for, under its name in the configuration.
public enum ScrapeProtocol: String, Sendable, CaseIterable {
    case protobuf = "PrometheusProto"
    case text004 = "PrometheusText0.0.4"
    case text100 = "PrometheusText1.0.0"
    case openMetrics001 = "OpenMetricsText0.0.1"
    case openMetrics100 = "OpenMetricsText1.0.0"

    /// What is asked for when nothing is configured, the best first.
    public static let standard: [ScrapeProtocol] = [.openMetrics100, .openMetrics001, .text100, .text004]

    /// The same when native histograms are wanted, which only protobuf carries.
    public static let protobufFirst: [ScrapeProtocol] = [.protobuf] + standard

    /// The media type with its parameters.
    public var mediaType: String {
        switch self {
        case .protobuf:
            "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited"
        case .text004: "text/plain;version=0.0.4"
        case .text100: "text/plain;version=1.0.0"
        case .openMetrics001: "application/openmetrics-text;version=0.0.1"
        case .openMetrics100: "application/openmetrics-text;version=1.0.0"
        }
    }
}

/// How a server should write names that are not of the legacy form.
public enum NameEscaping: String, Sendable, CaseIterable {
    case allowUTF8 = "allow-utf-8"
    case underscores
    case dots
    case values
}

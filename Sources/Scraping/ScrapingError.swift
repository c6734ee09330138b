/// Why a target, a scrape or a discovery failed.
public struct ScrapingError: Error, Sendable, CustomStringConvertible {
    public enum Kind: String, Sendable {
        /// Labels that make no target: no address, a bad interval.
        case invalidTarget
        /// The server did not answer with 200.
        case badStatus
        /// A body in a format that is not known.
        case unsupportedContentType
        case bodySizeLimit
        case sampleLimit
        case labelLimit
        case targetLimit
        /// A native histogram with more buckets than the job takes.
        case bucketLimit
        /// A series without a name, or with one that is not allowed.
        case invalidSeries
        /// A body that does not decompress.
        case malformedBody
        /// A discovery that gave nothing usable.
        case discovery
    }

    public let kind: Kind
    public let message: String

    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    public var description: String { message }
}

/// What a target says of the family that a series belongs to.
public struct SeriesMetadata: Hashable, Sendable {
    /// The numbers are those of the write-ahead log and of remote write 2.0.
    public enum Kind: UInt8, Sendable, CaseIterable {
        case unknown = 0
        case counter, gauge, histogram, gaugeHistogram, summary, info, stateset
    }

    public var kind: Kind
    public var unit: String
    public var help: String

    /// Bytes of unit and help together; what is longer is not stored.
    public static let textLengthMax = 64 << 10

    public init(kind: Kind = .unknown, unit: String = "", help: String = "") {
        self.kind = kind
        self.unit = unit
        self.help = help
    }
}

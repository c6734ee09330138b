/// An instrument that cannot be made, or labels that do not fit.
public struct InstrumentError: Error, Sendable, CustomStringConvertible {
    public enum Kind: String, Sendable {
        case invalidName
        case duplicateName
        case invalidBuckets
        case wrongLabelCount
    }

    public let kind: Kind
    public let message: String

    init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    public var description: String { message }
}

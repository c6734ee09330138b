/// The data sources at hand, and what references to them mean.
public struct DataSourceTable: Sendable {
    public enum Found: Sendable {
        case found(DataSource)
        /// With the name that was asked for.
        case missing(String)
    }

    public let sources: [DataSource]
    private let byUID: [String: DataSource]
    private let byName: [String: DataSource]
    public let defaultSource: DataSource?

    public init(_ sources: [DataSource]) {
        self.sources = sources
        byUID = Dictionary(sources.map { ($0.uid, $0) }, uniquingKeysWith: { first, _ in first })
        byName = Dictionary(sources.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        defaultSource = sources.first { $0.isDefault } ?? (sources.count == 1 ? sources.first : nil)
    }

    /// Finds by uid, then by name; none, "default" and an unresolved `${DS_…}` input are the default
    /// one, and so is a Prometheus that is not here when there is only one Prometheus.
    public func find(_ reference: DataSourceReference?) -> Found {
        guard let reference, reference.uid != "default" else {
            return defaultSource.map(Found.found) ?? .missing("(default)")
        }
        if let source = byUID[reference.uid] ?? byName[reference.uid] { return .found(source) }
        if reference.type == "id", let source = sources.first(where: { String($0.id) == reference.uid }) {
            return .found(source)
        }
        return .missing(reference.uid)
    }

    func named(_ name: String) -> DataSource? { byUID[name] ?? byName[name] }
}

/// Who asked a query, for the query log.
public enum QueryOrigin: Sendable, Equatable {
    case unknown
    /// `httpRequest`.
    case request(clientAddress: String, method: String, path: String)
    /// `ruleGroup`.
    case rule(file: String, group: String)
}

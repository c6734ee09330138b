/// The names of reducers.
enum Reducers {
    /// The reducer for an old name such as "avg" or "current".
    static func named(_ old: String?) -> String {
        switch old {
        case "avg": "mean"
        case "current", nil: "lastNotNull"
        case "total": "sum"
        case let name?: name
        }
    }

    /// As legends show them and sort by them.
    static func title(_ name: String) -> String {
        switch name {
        case "mean": "Mean"
        case "lastNotNull": "Last *"
        case "sum": "Total"
        case "min": "Min"
        case "max": "Max"
        default: name
        }
    }
}

public import JSON

/// A rule that the dashboards role evaluates itself: queries, expressions, and which of them decides.
public struct AlertRule: Sendable, Equatable {
    /// What a rule does when its queries find nothing.
    public enum NoDataAction: String, Sendable {
        case noData = "NoData"
        case alerting = "Alerting"
        case ok = "OK"
        case keepLast = "KeepLast"
    }

    /// What a rule does when it cannot be evaluated.
    public enum ErrorAction: String, Sendable {
        case error = "Error"
        case alerting = "Alerting"
        case ok = "OK"
        case keepLast = "KeepLast"
    }

    /// One of its queries or expressions.
    public struct Query: Sendable, Equatable {
        public var refID: String
        /// `__expr__` for an expression.
        public var dataSource: String
        /// The range, seconds before the evaluation.
        public var from: Int
        public var to: Int
        public var model: JSONObject

        public var isExpression: Bool { dataSource == "__expr__" || dataSource == "-100" }
    }

    /// The place that all rules of a group share.
    public struct GroupKey: Sendable, Hashable {
        /// The folder's uid.
        public var folder: String
        public var name: String

        public init(folder: String, name: String) {
            self.folder = folder
            self.name = name
        }
    }

    public internal(set) var id: Int64 = 0
    public var uid: String
    public var title: String
    public var groupKey: GroupKey
    /// Among the rules of its group, from 0.
    public var position = 0
    /// Seconds between evaluations; all rules of a group have the same.
    public var interval = 60
    public var provenance = Provenance.none
    /// Milliseconds since 1970.
    public internal(set) var updated: Int64 = 0
    public internal(set) var version: Int64 = 1
    public var condition: String
    public var queries: [Query]
    public var noDataAction = NoDataAction.noData
    public var errorAction = ErrorAction.alerting
    /// Milliseconds that the condition must hold before it alerts.
    public var pending: Int64 = 0
    /// Milliseconds that it goes on alerting after the condition has ended.
    public var keepFiring: Int64 = 0
    /// Evaluations after which an instance that is no longer seen ends.
    public var missingMax = 2
    public var annotations: [String: String] = [:]
    public var labels: [String: String] = [:]
    public var isPaused = false
    /// Who gets its alerts, and how, in place of the tree of policies; nil for the tree.
    public internal(set) var directPolicy: NotificationPolicy?
    /// The contact point of ``directPolicy``.
    public var receiver: String? { directPolicy?.receiver }
    /// The members that mean nothing here, or nothing more, so that they survive.
    var body: JSONObject

    /// The longest name of a rule or group, bytes.
    static let nameBytesMax = 190
    static let queriesMax = 50
}

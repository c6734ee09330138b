public import JSON

/// What bringing a dashboard up to date changed, and what it could not keep.
public struct MigrationReport: Sendable, Equatable {
    public enum Kind: String, Sendable {
        /// Said in another way, with the same effect.
        case changed
        /// Has no counterpart; the old member stays in the document.
        case notConverted
        /// A reference that led nowhere now leads to another data source.
        case rebound
        /// A type of panel that is not drawn here.
        case unknownPanel
    }

    public struct Entry: Sendable, Equatable {
        public let kind: Kind
        /// Title of the panel, "" for the dashboard.
        public let panel: String
        public let text: String
    }

    /// The version that the document claimed; 0 for none.
    public internal(set) var fromVersion = 0
    /// In the order they were found; at most ``entriesMax``.
    public private(set) var entries: [Entry] = []
    static let entriesMax = 1000

    mutating func note(_ kind: Kind, _ panel: String = "", _ text: String) {
        guard entries.count < MigrationReport.entriesMax else { return }
        entries.append(Entry(kind: kind, panel: String(panel.prefix(200)), text: String(text.prefix(500))))
    }

    public var json: JSONValue {
        [
            "fromVersion": .number(fromVersion), "toVersion": .number(DashboardMigration.version),
            "entries": .array(
                entries.map {
                    ["kind": .string($0.kind.rawValue), "panel": .string($0.panel), "text": .string($0.text)]
                }),
        ]
    }
}

/// A stored dashboard without its document.
public struct DashboardRecord: Sendable, Equatable {
    public var id: Int64
    public var uid: String
    public var title: String
    public var slug: String
    /// uid of the folder; "" for the root.
    public var folder: String
    public var tags: [String]
    /// Grows by one with each save.
    public var version: Int64
    /// Where it was provisioned from: a file's path or "embedded:<path>"; nil for a saved one.
    public var provisioned: String?
    /// Milliseconds since 1970.
    public var created: Int64
    public var updated: Int64
    public var createdBy: String
    public var updatedBy: String

    public var url: String { "/d/\(uid)/\(slug)" }
}

/// One saved state of a dashboard.
public struct DashboardVersion: Sendable, Equatable {
    public var id: Int64
    public var version: Int64
    public var parent: Int64
    /// 0 when it was not restored.
    public var restoredFrom: Int64
    public var created: Int64
    public var createdBy: String
    public var message: String
}

/// A folder of dashboards.
public struct Folder: Sendable, Equatable {
    public var id: Int64
    public var uid: String
    public var title: String
    /// uid of the parent; "" at the top.
    public var parent: String
    public var version: Int64
    public var created: Int64
    public var updated: Int64
    public var createdBy: String
    public var updatedBy: String

    public var url: String { "/dashboards/f/\(uid)/\(Slug.make(title))" }

    /// The uid of a folder as requests name it: "" for the root's several names.
    public static func plainUID(_ uid: String?) -> String {
        guard let uid, uid != "general" else { return "" }
        return uid
    }
}

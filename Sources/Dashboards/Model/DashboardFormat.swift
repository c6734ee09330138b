public import JSON

/// The forms in which dashboards travel.
public enum DashboardFormat: String, Sendable {
    case classic
    /// `{"dashboard": …, "meta": …}` of the API or `{"dashboard": …, "inputs": …}` of an import.
    case wrapped
    /// A resource of the classic form.
    case v1
    /// A resource of elements and layout.
    case v2

    /// A document in classic form, whatever form it came in.
    public struct Opened: Sendable {
        public let format: DashboardFormat
        public let dashboard: JSONObject
        /// The folder that the wrapper or resource names; nil when it names none.
        public let folder: String?
    }

    /// Finds the form of a document and takes the classic dashboard out of it.
    ///
    /// - Throws: `invalidInput` when it is no dashboard.
    public static func open(_ value: JSONValue) throws(DashboardsError) -> Opened {
        guard case .object(let object) = value else {
            throw DashboardsError(.invalidInput, "a dashboard must be a JSON object")
        }
        if let inner = object.object("dashboard"), object["panels"] == nil, object["rows"] == nil {
            return Opened(
                format: .wrapped, dashboard: inner,
                folder: object.text("folderUid") ?? object["meta"]?["folderUid"]?.string)
        }
        guard let spec = object.object("spec") else {
            return Opened(format: .classic, dashboard: object, folder: nil)
        }
        let version = object.text("apiVersion") ?? ""
        let metadata = object.object("metadata") ?? [:]
        let folder = metadata["annotations"]?["grafana.app/folder"]?.string
        let isV2 = version.contains("/v2") || spec["elements"] != nil
        var dashboard = isV2 ? ElementsDashboard.classic(spec) : spec
        if let uid = metadata.text("name") { dashboard["uid"] = .string(uid) }
        return Opened(format: isV2 ? .v2 : .v1, dashboard: dashboard, folder: folder)
    }
}

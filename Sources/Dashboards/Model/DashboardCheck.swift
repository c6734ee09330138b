import JSON

/// One file of `martlet tool dashboards check`.
public struct DashboardCheck: Sendable {
    public let path: String
    /// Why the file is no dashboard; nil when it is one.
    public let failure: String?
    public let title: String
    public let panels: Int
    /// Types of panels that are not drawn here, sorted.
    public let unsupported: [String]
    public let report: MigrationReport

    /// One line: `path: title, 12 panels, from version 14, 3 changes, unsupported: geomap`.
    public var line: String {
        if let failure { return "\(path): FAILED: \(failure)" }
        let lost = report.entries.count { $0.kind == .notConverted }
        var result =
            "\(path): \(title), \(panels) panels, from version \(report.fromVersion), "
            + "\(report.entries.count { $0.kind == .changed }) changed"
        if lost > 0 { result += ", \(lost) not converted" }
        if !unsupported.isEmpty { result += ", unsupported: \(unsupported.joined(separator: " "))" }
        return result
    }

    /// Reads and migrates a file, or every `.json` file below a folder, one after the other. Blocks.
    ///
    /// - Returns: the number of files.
    @discardableResult
    public static func run(_ path: String, each: (DashboardCheck) -> Void) -> Int {
        var files = FileTree.files(below: path, endings: [".json"])
        if files.isEmpty, path.hasSuffix(".json") { files = [path] }
        for file in files { each(check(file)) }
        return files.count
    }

    private static func check(_ path: String) -> DashboardCheck {
        do {
            let bytes = try FileTree.read(path)
            return DashboardCheck(path: path, try DashboardFormat.open(try JSONValue.parse(bytes)).dashboard)
        } catch {
            return DashboardCheck(path: path, failure: "\(error)")
        }
    }

    private init(path: String, failure: String) {
        self.path = path
        self.failure = failure
        (title, panels, unsupported, report) = ("", 0, [], MigrationReport())
    }

    private init(path: String, _ dashboard: JSONObject) {
        self.path = path
        failure = nil
        var prometheus = DataSource(
            uid: DataSource.builtInUID, name: DataSource.builtInName, type: "prometheus", url: "")
        prometheus.isDefault = true
        let sources = DataSourceTable([prometheus])
        let filled = (try? DashboardImport.fill(dashboard, inputs: [], sources: sources)) ?? dashboard
        let (migrated, report) = DashboardMigration.migrate(filled, sources: sources)
        self.report = report
        title = migrated.text("title") ?? "(no title)"
        let all = migrated.list("panels").flatMap { [$0] + ($0["panels"]?.array ?? []) }
        panels = all.count { $0["type"]?.string != "row" }
        let types = Set(all.compactMap { $0["type"]?.string })
        unsupported = types.subtracting(DashboardMigration.knownPanels).sorted()
    }
}

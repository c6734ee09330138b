import Dashboards
import JSON
import Logging
import WebServer

extension DashboardServer {
    /// The dashboards that the program brings along, in a folder of their own from the first start.
    func provisionEmbedded() async throws {
        let known = Dictionary(
            try await store.provisionedDashboards().map { ($0.record.uid, $0.checksum) },
            uniquingKeysWith: { first, _ in first })
        let paths = Assets.paths(below: "dashboards/").filter { $0.hasSuffix(".json") }
        guard !paths.isEmpty else { return }
        if try await store.folder(uid: DashboardServer.embeddedFolder) == nil {
            _ = try await store.addFolder(
                uid: DashboardServer.embeddedFolder, title: "Martlet", parent: "", by: "")
        }
        for path in paths {
            guard let asset = Assets.find(path) else { continue }
            do {
                let opened = try DashboardFormat.open(try JSONValue.parse(Array(asset.bytes)))
                let uid = opened.dashboard.text("uid") ?? ""
                guard known[uid] != asset.tag else { continue }
                var save = DashboardSave(
                    document: opened.dashboard, folder: DashboardServer.embeddedFolder)
                save.provisioned = "embedded:\(path)"
                save.checksum = asset.tag
                _ = try await store.saveDashboard(save)
            } catch {
                logger.error("cannot provision the embedded dashboard \(path): \(error)")
            }
        }
    }

    static let embeddedFolder = "martlet"
}

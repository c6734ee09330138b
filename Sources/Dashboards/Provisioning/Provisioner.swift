import JSON
public import Logging
public import Platform

/// Applies the operator's folder of data sources and dashboards, in the original's layout:
/// `datasources/*.yaml`, `dashboards/*.yaml` and `alerting/*.yaml`.
public struct Provisioner: Sendable {
    let store: DashboardStore
    /// The folder that holds `datasources` and `dashboards`.
    let folder: String
    let environment: [String: String]
    let workers: WorkerThreads
    let logger: Logger
    /// Refuses a text that is no template of notifications; their language is known further up.
    let checksTemplate: @Sendable (_ name: String, _ text: String) throws(DashboardsError) -> Void

    public init(
        store: DashboardStore, folder: String, environment: [String: String], workers: WorkerThreads,
        logger: Logger,
        checksTemplate: @escaping @Sendable (_ name: String, _ text: String) throws(DashboardsError) -> Void =
            { _, _ in }
    ) {
        self.checksTemplate = checksTemplate
        self.store = store
        self.folder = folder
        self.environment = environment
        self.workers = workers
        self.logger = logger
    }

    /// Applies everything; a file that cannot be read is logged and the others go on.
    public func run() async {
        await warnOfOthers()
        await runDataSources()
        _ = await runDashboards()
        await runAlerting()
    }

    /// What stands in the folder and is not applied.
    private func warnOfOthers() async {
        for (kind, advice) in [
            ("plugins", "there are no plug-ins"),
            ("notifiers", "contact points belong into alerting"),
            ("access-control", "permissions are set on pages and by the HTTP API"),
        ] {
            let folder = folder + "/" + kind
            for path in await blocking({
                FileTree.files(below: folder, endings: [".yaml", ".yml"], depth: 1)
            }) ?? [] {
                logger.warning("\(path) is not applied: \(advice)")
            }
        }
    }

    // MARK: - Data sources

    public func runDataSources() async {
        for (path, file) in await configuration("datasources") {
            do {
                try await apply(file)
            } catch {
                logger.error("cannot provision data sources of \(path): \(error.message)")
            }
        }
    }

    private func apply(_ file: JSONObject) async throws(DashboardsError) {
        for item in file.list("deleteDatasources").compactMap(\.object) {
            guard let name = item.text("name"),
                let source = try await store.dataSources().first(where: { $0.name == name })
            else { continue }
            try await store.deleteDataSource(uid: source.uid)
        }
        for item in (file.list("datasources") + file.list("Datasources")).compactMap(\.object) {
            guard let name = item.text("name"), let type = item.text("type") else {
                throw DashboardsError(.invalidInput, "a data source needs name and type")
            }
            var source = DataSource(
                uid: item.text("uid") ?? "", name: name, type: type, url: item.text("url") ?? "",
                settings: item.object("jsonData") ?? [:])
            source.access = item.text("access") ?? "proxy"
            source.user = item.text("user") ?? ""
            source.database = item.text("database") ?? ""
            source.basicAuth = item.flag("basicAuth") ?? false
            source.basicAuthUser = item.text("basicAuthUser") ?? ""
            source.withCredentials = item.flag("withCredentials") ?? false
            source.isDefault = item.flag("isDefault") ?? false
            source.isReadOnly = !(item.flag("editable") ?? false)
            var secrets: [String: String] = [:]
            for (name, value) in item.object("secureJsonData")?.members ?? [] {
                secrets[name] = value.string ?? value.text()
            }
            try await save(source, secrets)
        }
    }

    private func save(_ given: DataSource, _ secrets: [String: String]) async throws(DashboardsError) {
        let all = try await store.dataSources()
        let existing =
            all.first { !given.uid.isEmpty && $0.uid == given.uid }
            ?? all.first { $0.name == given.name && !$0.isBuiltIn }
        guard let existing else {
            _ = try await store.addDataSource(given, secrets: secrets)
            return
        }
        var source = given
        source.uid = existing.uid
        source.id = existing.id
        _ = try await store.updateDataSource(source, secrets: secrets)
    }

    // MARK: - Dashboards

    /// The seconds after which the dashboards' files are to be looked at again; nil for never.
    public func runDashboards() async -> Int? {
        var interval: Int?
        var seen = Set<String>()
        var roots: [(path: String, mayDelete: Bool)] = []
        for (path, file) in await configuration("dashboards") {
            for provider in file.list("providers").compactMap(\.object) {
                guard
                    let root = provider["options"]?["path"]?.string ?? provider["options"]?["folder"]?.string
                else {
                    logger.error("cannot provision dashboards of \(path): a provider needs options.path")
                    continue
                }
                let seconds = provider.whole("updateIntervalSeconds") ?? 10
                if seconds > 0 { interval = min(interval ?? seconds, max(seconds, 1)) }
                roots.append((root, !(provider.flag("disableDeletion") ?? false)))
                await apply(provider, root: root, seen: &seen)
            }
        }
        await forget(notIn: seen, roots: roots)
        return interval
    }

    private func apply(_ provider: JSONObject, root: String, seen: inout Set<String>) async {
        let files = await blocking { FileTree.files(below: root, endings: [".json"]) } ?? []
        let known: [String: String]
        do {
            known = Dictionary(
                try await store.provisionedDashboards().map { ($0.record.provisioned ?? "", $0.checksum) },
                uniquingKeysWith: { first, _ in first })
        } catch {
            logger.error("cannot provision dashboards: \(error.message)")
            return
        }
        for path in files {
            let origin = Provisioner.origin(path)
            seen.insert(origin)
            do throws(DashboardsError) {
                let bytes = try await read(path)
                let checksum = Digest.sha256(bytes)
                guard known[origin] != checksum else { continue }
                try await save(bytes, path: path, checksum: checksum, provider: provider, root: root)
            } catch {
                logger.error("cannot provision \(path): \(error.message)")
            }
        }
    }

    private func save(
        _ bytes: [UInt8], path: String, checksum: String, provider: JSONObject, root: String
    ) async throws(DashboardsError) {
        let value: JSONValue
        do {
            value = try JSONValue.parse(bytes)
        } catch {
            throw DashboardsError(.invalidInput, error.description)
        }
        let opened = try DashboardFormat.open(value)
        let sources = DataSourceTable(try await store.dataSources())
        // The original leaves inputs open here, which is its users' oldest complaint.
        var document = try DashboardImport.fill(opened.dashboard, inputs: [], sources: sources)
        document["id"] = nil
        let existing = try await store.provisionedDashboards().first {
            $0.record.provisioned == Provisioner.origin(path)
        }
        if document.text("uid")?.isEmpty ?? true {
            document["uid"] = .string(existing?.record.uid ?? String(Digest.sha256(path).prefix(40)))
        }
        var save = DashboardSave(
            document: document, folder: try await folder(of: path, provider, root))
        save.provisioned = Provisioner.origin(path)
        save.checksum = checksum
        _ = try await store.saveDashboard(save)
    }

    /// The folder that a provider names, or that lies around the file; made when it is not there.
    private func folder(
        of path: String, _ provider: JSONObject, _ root: String
    ) async throws(DashboardsError) -> String {
        var title = provider.text("folder") ?? ""
        var uid = provider.text("folderUid") ?? ""
        if provider["options"]?["foldersFromFilesStructure"]?.bool == true {
            let parts = path.dropFirst(root.count).split(separator: "/").dropLast()
            (title, uid) = (parts.last.map(String.init) ?? "", "")
        }
        guard !title.isEmpty, title != "General" else { return "" }
        let folders = try await store.folders()
        if let found = folders.first(where: { uid.isEmpty ? $0.title == title : $0.uid == uid }) {
            return found.uid
        }
        return try await store.addFolder(uid: uid, title: title, parent: "", by: "").uid
    }

    /// Removes what was provisioned from files that are gone.
    private func forget(notIn seen: Set<String>, roots: [(path: String, mayDelete: Bool)]) async {
        guard let all = try? await store.provisionedDashboards() else { return }
        for (record, _) in all {
            guard let origin = record.provisioned, origin.hasPrefix("file:"), !seen.contains(origin)
            else { continue }
            let isKept = roots.contains { origin.hasPrefix("file:" + $0.path) && !$0.mayDelete }
            if !isKept { _ = try? await store.deleteDashboard(uid: record.uid, evenProvisioned: true) }
        }
    }

    static func origin(_ path: String) -> String { "file:" + path }

    /// The file of a dashboard that may be written; nil for one that is not from a file or may not.
    public static func writableFile(of record: DashboardRecord) -> String? {
        guard let origin = record.provisioned, origin.hasPrefix("file:") else { return nil }
        let path = String(origin.dropFirst(5))
        return FileTree.isWritable(path) ? path : nil
    }

    /// Whether a person may change a dashboard: always when it is not provisioned, else when its file may be
    /// written or its provider has `allowUiUpdates`.
    public func maySave(_ record: DashboardRecord) async -> Bool {
        if record.provisioned == nil || Provisioner.writableFile(of: record) != nil { return true }
        return await allowsUpdates(of: record)
    }

    private func allowsUpdates(of record: DashboardRecord) async -> Bool {
        guard let origin = record.provisioned, origin.hasPrefix("file:") else { return false }
        for (_, file) in await configuration("dashboards") {
            for provider in file.list("providers").compactMap(\.object)
            where provider.flag("allowUiUpdates") == true {
                let root =
                    provider["options"]?["path"]?.string ?? provider["options"]?["folder"]?.string ?? ""
                if !root.isEmpty,
                    origin.hasPrefix(Provisioner.origin(root.hasSuffix("/") ? root : root + "/"))
                {
                    return true
                }
            }
        }
        return false
    }

    /// Writes a person's change back to the file that the dashboard came from, in a stable form, then
    /// saves it. With `allowUiUpdates` a change is saved although the file may not be written, and lasts
    /// until the file changes.
    ///
    /// - Throws: `readOnly` when it may not be changed; what saving throws.
    public func saveBack(
        _ save: DashboardSave, record: DashboardRecord, versionsToKeep: Int
    ) async throws(DashboardsError) -> DashboardRecord {
        guard let path = Provisioner.writableFile(of: record) else {
            if await allowsUpdates(of: record) {
                var stored = save
                stored.provisioned = record.provisioned
                stored.checksum =
                    try await store.provisionedDashboards().first { $0.record.uid == record.uid }?.checksum
                    ?? ""
                stored.checksVersion = true
                return try await store.saveDashboard(stored, versionsToKeep: versionsToKeep)
            }
            throw DashboardsError(.readOnly, "Cannot save provisioned dashboard")
        }
        var document = save.document
        document["id"] = nil
        document["version"] = nil
        let bytes = CanonicalJSON.bytes(document)
        var stored = save
        stored.provisioned = record.provisioned
        stored.checksum = Digest.sha256(bytes)
        stored.checksVersion = true
        let saved = try await store.saveDashboard(stored, versionsToKeep: versionsToKeep)
        let written = await blocking { () -> DashboardsError? in
            do throws(DashboardsError) {
                try FileTree.replace(path, with: bytes)
                return nil
            } catch {
                return error
            }
        }
        if let error = written ?? nil { throw error }
        return saved
    }

    // MARK: - Files

    func configuration(_ kind: String) async -> [(path: String, file: JSONObject)] {
        let folder = folder + "/" + kind
        var environment = environment
        let plainMembers = kind == "alerting" ? ProvisioningFile.alertingMembers : []
        if kind == "alerting" {
            // The original makes nothing of these in labels; nobody can have meant that.
            for name in ["labels", "values", "value"] where environment[name] == nil {
                environment[name] = "$" + name
            }
        }
        // JSON is YAML too.
        let endings = kind == "alerting" ? [".yaml", ".yml", ".json"] : [".yaml", ".yml"]
        let results = await blocking { [environment] () -> [(String, Result<JSONObject, DashboardsError>)] in
            FileTree.files(below: folder, endings: endings, depth: 1).map { path in
                do throws(DashboardsError) {
                    return (
                        path,
                        .success(
                            try ProvisioningFile.read(
                                path, environment: environment, plainMembers: plainMembers))
                    )
                } catch {
                    return (path, .failure(error))
                }
            }
        }
        var files: [(String, JSONObject)] = []
        for (path, result) in results ?? [] {
            switch result {
            case .success(let file): files.append((path, file))
            case .failure(let error): logger.error("\(error.message)")
            }
        }
        return files
    }

    private func read(_ path: String) async throws(DashboardsError) -> [UInt8] {
        let result = await blocking { () -> Result<[UInt8], DashboardsError> in
            do throws(DashboardsError) { return .success(try FileTree.read(path)) } catch {
                return .failure(error)
            }
        }
        guard let result else { throw DashboardsError(.busy, "too much work at once") }
        return try result.get()
    }

    /// nil when the threads take no more work.
    private func blocking<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value? {
        try? await workers.run { _ in body() }
    }
}

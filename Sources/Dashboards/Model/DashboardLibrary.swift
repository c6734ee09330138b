public import JSON
import Synchronization

/// Dashboards as pages want them: brought up to date, with their data sources found. What was made
/// last is kept until the dashboard or a data source changes.
public final class DashboardLibrary: Sendable {
    /// A dashboard that is ready to be shown.
    public struct Ready: Sendable {
        public let record: DashboardRecord
        /// The document as JSON text.
        public let bytes: [UInt8]
        public let report: MigrationReport
    }

    private struct Entry {
        let ready: Ready
        let generation: Int
    }

    private struct Cache {
        var entries: [String: Entry] = [:]
        var bytes = 0
    }

    /// The most bytes of documents that are kept.
    private static let bytesMax = 8 << 20

    private let store: DashboardStore
    private let cache = Mutex(Cache())

    public init(store: DashboardStore) {
        self.store = store
    }

    /// nil when there is no such dashboard.
    public func ready(uid: String) async throws(DashboardsError) -> Ready? {
        guard let record = try await store.dashboardRecord(uid: uid) else { return nil }
        let generation = store.dataSourceGeneration.value
        let kept = cache.withLock { $0.entries[uid] }
        if let kept, kept.generation == generation, kept.ready.record.version == record.version,
            kept.ready.record.id == record.id
        {
            return Ready(record: record, bytes: kept.ready.bytes, report: kept.ready.report)
        }
        guard let stored = try await store.dashboardText(uid: uid),
            case .object(let document)? = try? JSONValue.parse(stored.text)
        else { return nil }
        let sources = DataSourceTable(try await store.dataSources())
        let ready = DashboardLibrary.make(
            try await store.fillingLibraryPanels(of: document), stored.record, sources)
        keep(Entry(ready: ready, generation: generation), uid: uid)
        return ready
    }

    /// A document of a saved version, brought up to date.
    public func ready(_ document: JSONObject, as record: DashboardRecord) async throws(DashboardsError)
        -> Ready
    {
        DashboardLibrary.make(document, record, DataSourceTable(try await store.dataSources()))
    }

    private static func make(
        _ document: JSONObject, _ record: DashboardRecord, _ sources: DataSourceTable
    ) -> Ready {
        var (dashboard, report) = DashboardMigration.migrate(document, sources: sources)
        dashboard["id"] = .number(Int(record.id))
        dashboard["uid"] = .string(record.uid)
        dashboard["version"] = .number(Int(record.version))
        return Ready(record: record, bytes: JSONValue.object(dashboard).bytes(), report: report)
    }

    private func keep(_ entry: Entry, uid: String) {
        let size = entry.ready.bytes.count
        guard size <= DashboardLibrary.bytesMax else { return }
        cache.withLock { cache in
            if cache.bytes + size > DashboardLibrary.bytesMax { cache = Cache() }
            if let old = cache.entries[uid] { cache.bytes -= old.ready.bytes.count }
            cache.entries[uid] = entry
            cache.bytes += size
        }
    }
}

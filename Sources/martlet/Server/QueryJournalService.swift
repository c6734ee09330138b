import Logging
import Platform
import PromQLEngine
import ServiceLifecycle

/// Keeps the file of active queries beside the data, once the storage is open and locked: a second server on the same
/// data must not empty it.
struct QueryJournalService: Service, CustomStringConvertible {
    var description: String { "QueryJournalService" }

    let journal: QueryJournal
    let folder: String
    let slots: Int
    let logger: Logger

    func run() async throws {
        let workers = WorkerThreads(name: "journal", count: 1)
        defer { workers.shutDown() }
        do {
            let file = try await workers.run { [folder, slots] _ in
                try ActiveQueryFile(in: folder, slots: slots)
            }
            if let queries = file.unfinished {
                logger.warning(
                    "These queries didn't finish in the last run", metadata: ["queries": "\(queries)"])
            }
            journal.track(file)
        } catch {
            logger.error("Cannot note active queries", metadata: ["error": "\(error)"])
        }
        try await gracefulShutdown()
    }
}

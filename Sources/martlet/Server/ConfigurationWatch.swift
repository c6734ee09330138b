import Platform
import ServerConfig
import ServiceLifecycle

/// Loads the configuration anew when one of its files has changed (`--config.auto-reload`).
struct ConfigurationWatch: Service, CustomStringConvertible {
    var description: String { "ConfigurationWatch" }

    let state: ServerState
    /// Milliseconds.
    let interval: Int64
    private let workers = WorkerThreads(name: "config-watch", count: 1)

    init(_ state: ServerState, interval: Int64) {
        self.state = state
        self.interval = interval
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var known = await fingerprint()
            while (try? await Task.sleep(for: .milliseconds(interval))) != nil {
                let now = await fingerprint()
                if now == known { continue }
                known = now
                // What is wrong has been logged; the old configuration goes on.
                try? await state.reload()
                // A new configuration may name other files.
                known = await fingerprint()
            }
        }
        workers.shutDown()
    }

    private func fingerprint() async -> [String: FileStamp?] {
        (try? await workers.run { [state] _ in
            let files = state.configuration.files(of: state.path)
            return Dictionary(files.map { ($0, FileStamp($0)) }, uniquingKeysWith: { first, _ in first })
        }) ?? [:]
    }
}

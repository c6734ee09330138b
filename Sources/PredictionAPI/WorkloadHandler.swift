import Hummingbird
import Platform
import WebServer

/// `GET /cpu` and `GET /memory`.
struct WorkloadHandler: Sendable {
    private let options: PredictionOptions
    private let workers: WorkerThreads
    /// One at a time, and few that wait: each takes all the memory that the options allow.
    private let memoryWorker = WorkerThreads(name: "webapp-memory", count: 1, queueLimit: 4)

    init(options: PredictionOptions, workers: WorkerThreads) {
        self.options = options
        self.workers = workers
    }

    func cpu() async throws -> Response {
        let count = options.cpuPowers
        _ = try await workers.run { Workload.powers(count, cancellation: $0) }
        return .text("cpu intensive operation complete")
    }

    func memory() async throws -> Response {
        let count = options.memoryKeys
        _ = try await memoryWorker.run { cancellation in
            let (want, available) = (Workload.stringBytes(count), MemoryInformation.availableBytes())
            guard available.map({ want < $0 }) ?? true else {
                throw HTTPError(
                    .serviceUnavailable,
                    message:
                        "cannot hold \(count) keys: they take up to \(want) bytes, the machine has \(available ?? 0) left"
                )
            }
            return Workload.strings(count, cancellation: cancellation)
        }
        return .text("memory intensive operation complete")
    }
}

import Instruments
import Logging
import Platform
import WebClient

/// Watches one source of targets.
protocol Discoverer: Sendable {
    /// Milliseconds between two looks.
    var interval: Int64 { get }
    /// For log lines.
    var name: String { get }

    /// All groups of the source as they are now; nil when nothing has changed.
    ///
    /// - Throws: when the source cannot be read; what it said before stays in force.
    mutating func look() async throws -> [TargetGroup]?
}

extension Discoverer {
    /// Reports the groups whenever they change, until the task is cancelled.
    func run(_ services: DiscoveryServices, report: @escaping @Sendable ([TargetGroup]) -> Void) async {
        var discoverer = self
        var last: [TargetGroup]?
        while !Task.isCancelled {
            do {
                if let groups = try await discoverer.look(), groups != last {
                    last = groups
                    report(groups)
                }
            } catch {
                if Task.isCancelled { return }
                try? services.failures?.labels(name.split(separator: " ").first.map(String.init) ?? name)
                    .increment()
                services.logger.error(
                    "cannot find targets", metadata: ["discovery": "\(name)", "error": "\(error)"])
            }
            do { try await services.alarm.wait(until: services.clock.now() + interval) } catch { return }
        }
    }
}

extension DiscoverySettings {
    /// What looks for targets; nil for fixed ones and for kinds that are not supported.
    ///
    /// - Throws: `WebClientError` for settings of a client that cannot be made.
    func discoverer(_ services: DiscoveryServices) throws -> (any Discoverer)? {
        switch self {
        case .fixed, .unsupported: nil
        case .file(let settings): FileDiscoverer(settings, services)
        case .http(let settings): try HTTPDiscoverer(settings, services)
        case .dns(let settings): DNSDiscoverer(settings, services)
        case .docker(let settings): try DockerDiscoverer(settings, services)
        }
    }
}

/// What all discoverers share.
struct DiscoveryServices: Sendable {
    let workers: WorkerThreads
    let alarm: any Alarm
    let clock: any WallClock
    let logger: Logger
    let options: ScrapeOptions
    /// By kind of source.
    var failures: Family<Counter>?
}

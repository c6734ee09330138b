import Logging
import Platform

/// Watches one source of targets.
protocol Discoverer: Sendable {
    /// Reports all groups of the source whenever they change, until the task is cancelled. A source that
    /// fails reports nothing, so that what it said before stays in force.
    func run(report: @escaping @Sendable ([TargetGroup]) -> Void) async
}

extension DiscoverySettings {
    /// What looks for targets; nil for fixed ones and for kinds that are not supported.
    func discoverer(_ services: DiscoveryServices) -> (any Discoverer)? {
        switch self {
        case .fixed, .unsupported, .file, .http, .dns, .docker: nil
        }
    }
}

/// What all discoverers share.
struct DiscoveryServices: Sendable {
    let workers: WorkerThreads
    let alarm: any Alarm
    let clock: any WallClock
    let logger: Logger
    let userAgent: String
}

import ContainerServer
import ContainerStats
import Instruments
import Logging
import ServiceLifecycle

extension Role {
    /// The cAdvisor-compatible monitor.
    static func containers(_ options: ContainerServerOptions, logger: Logger) throws -> Role {
        let monitor = ContainerMonitor(options: options.monitorOptions { logger.warning("\($0)") })
        let registry = Registry()
        try registry.register(ProcessCollector())
        try registry.register(SwiftInfoCollector())
        let router = try ContainerRoutes.router(monitor, options: options, registry: registry, logger: logger)
        return Role(router: router, services: [MonitorService(monitor: monitor)])
    }
}

/// Ends the monitor's threads with the program.
private struct MonitorService: Service, CustomStringConvertible {
    var description: String { "MonitorService" }

    let monitor: ContainerMonitor

    func run() async throws {
        try? await gracefulShutdown()
        monitor.shutDown()
    }
}

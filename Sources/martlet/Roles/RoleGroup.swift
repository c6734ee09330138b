import Logging
import ServiceLifecycle
import Synchronization
import UnixSignals
import WebServer

/// Starts roles together and stops them together.
struct RoleGroup {
    let logger: Logger

    /// Checks that every address is free, then makes the roles, then serves until the process is told
    /// to end (SIGINT, SIGTERM) or a part fails.
    ///
    /// - Parameters:
    ///   - roles: made in this order, only after all addresses were found free, so that nothing is
    ///     half started.
    ///   - onReady: called once when all roles are listening, with their ports in order.
    func run(
        _ roles: [(name: String, address: ListenAddress, make: () throws -> Role)],
        onReady: @escaping @Sendable ([Int]) -> Void = { _ in }
    ) async throws {
        for role in roles { try role.address.checkFree(for: role.name) }
        let made = try roles.map { try $0.make() }
        let ready = ReadyCount(roles.count, then: onReady)
        var services: [any Service] = made.flatMap(\.services)
        for (index, role) in made.enumerated() {
            let (name, host) = (role.name, role.address.host)
            services.append(
                WebListener(role: name, address: role.address, router: role.router, logger: quiet) { port in
                    logger.info(
                        "Ready to receive requests",
                        metadata: ["role": "\(name)", "address": "\(ListenAddress(host: host, port: port))"])
                    ready.set(index, port)
                })
        }
        var configuration = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet)
        // A request that does not end must not keep the process alive.
        configuration.maximumGracefulShutdownDuration = .seconds(10)
        try await ServiceGroup(configuration: configuration).run()
        logger.info("Stopped")
    }

    /// For the life cycle of the parts, which only those who debug want to read.
    private var quiet: Logger {
        var logger = logger
        if logger.logLevel > .debug { logger.logLevel = .warning }
        return logger
    }
}

/// Counts the roles that listen.
private final class ReadyCount: Sendable {
    private let ports: Mutex<[Int?]>
    private let then: @Sendable ([Int]) -> Void

    init(_ count: Int, then: @escaping @Sendable ([Int]) -> Void) {
        ports = Mutex(Array(repeating: nil, count: count))
        self.then = then
    }

    func set(_ index: Int, _ port: Int) {
        let all: [Int] = ports.withLock { ports in
            ports[index] = port
            return ports.compactMap { $0 }
        }
        if all.count == ports.withLock({ $0.count }) { then(all) }
    }
}

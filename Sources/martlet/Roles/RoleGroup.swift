import Logging
import Platform
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
    ///   - plans: made in this order, only after all addresses were found free, so that nothing is
    ///     half started.
    ///   - onReady: called once when all roles are listening.
    func run(_ plans: [RolePlan], onReady: @escaping @Sendable () -> Void = {}) async throws {
        for plan in plans {
            for address in plan.addresses { try address.checkFree(for: plan.name) }
        }
        var services: [any Service] = []
        var listeners: [any Service] = []
        let ready = Countdown(plans.reduce(0) { $0 + $1.addresses.count }, then: onReady)
        for plan in plans {
            let role = try await plan.make()
            services += role.services
            for address in plan.addresses {
                let (name, host) = (plan.name, address.host)
                listeners.append(
                    WebListener(
                        role: name, address: address, router: role.router, options: role.listener,
                        logger: quiet
                    ) { port in
                        logger.info(
                            "Ready to receive requests",
                            metadata: [
                                "role": "\(name)", "address": "\(ListenAddress(host: host, port: port))",
                            ])
                        ready.count()
                    })
            }
        }
        var configuration = ServiceGroupConfiguration(
            services: services + listeners + [MemoryRelease()], gracefulShutdownSignals: [.sigterm, .sigint],
            logger: quiet)
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

/// Gives memory back that is of no more use: the code that only the start needed, once the start is over, and from then on
/// what was freed.
private struct MemoryRelease: Service, CustomStringConvertible {
    var description: String { "MemoryRelease" }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            // The first requests and scrapes touch much that later ones do not.
            guard (try? await Task.sleep(for: .seconds(20))) != nil else { return }
            ProgramCode.unmapUnused()
            while (try? await Task.sleep(for: .seconds(10))) != nil {
                FreedMemory.giveBack()
            }
        }
    }
}

/// Calls back when it has been counted down to zero.
private final class Countdown: Sendable {
    private let left: Atomic<Int>
    private let then: @Sendable () -> Void

    init(_ count: Int, then: @escaping @Sendable () -> Void) {
        left = Atomic(count)
        self.then = then
    }

    func count() {
        if left.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 { then() }
    }
}

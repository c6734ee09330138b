import ArgumentParser
import Logging
import WebServer

/// `martlet server`
struct ServerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "server", abstract: "Scrape, store and query metrics, under Prometheus' flags.")

    @OptionGroup var flags: ServerFlags
    @OptionGroup var log: LogFlags

    func run() async throws {
        let logger = log.start()
        for feature in flags.features.unknown {
            logger.warning("Feature is not known and has no effect", metadata: ["feature": "\(feature)"])
        }
        for feature in flags.features.needless {
            logger.info("Feature is always on", metadata: ["feature": "\(feature)"])
        }
        for flag in flags.idle.given {
            logger.warning("Flag has no effect", metadata: ["flag": "--\(flag)"])
        }
        let given = flags.listenAddresses.map(\.address)
        let addresses = given.isEmpty ? [ListenAddress(host: "0.0.0.0", port: 9090)] : given
        try await RoleGroup(logger: logger).run([
            RolePlan(name: "server", addresses: addresses) {
                try Role.server(flags, port: addresses[0].port, logger: logger)
            }
        ])
    }
}

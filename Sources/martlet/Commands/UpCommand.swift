import ArgumentParser
import WebServer

/// `martlet up`
struct UpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up", abstract: "Start everything on this machine, wired together.")

    @Option(name: .customLong("webapp-address"), help: "Address of the prediction API.")
    var webappAddress = "127.0.0.1:5000"

    @Flag(name: .customLong("webapp"), inversion: .prefixedNo, help: "Serve the prediction API.")
    var webapp = true

    @OptionGroup var webappFlags: WebappFlags
    @OptionGroup var log: LogFlags

    func run() async throws {
        let logger = log.start()
        let address = try ListenAddress(webappAddress)
        try await RoleGroup(logger: logger).run([
            (name: "webapp", address: address, make: { try webappFlags.role(at: address, logger: logger) })
        ])
    }
}

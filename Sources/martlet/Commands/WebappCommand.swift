import ArgumentParser
import WebServer

/// `martlet webapp`
struct WebappCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "webapp", abstract: "Serve a prediction model and metrics about it.")

    @Option(name: .customLong("listen-address"), help: "Address to listen on.")
    var listenAddress = "127.0.0.1:5000"

    @OptionGroup var flags: WebappFlags
    @OptionGroup var log: LogFlags

    func run() async throws {
        let logger = log.start()
        let address = try ListenAddress(listenAddress)
        try await RoleGroup(logger: logger).run([
            (name: "webapp", address: address, make: { try flags.role(at: address, logger: logger) })
        ])
    }
}

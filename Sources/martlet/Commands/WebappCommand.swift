import ArgumentParser

/// `martlet webapp`
struct WebappCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "webapp", abstract: "Serve a prediction model and metrics about it.")

    @Option(name: .customLong("listen-address"), help: "Address to listen on.")
    var listenAddress = AddressFlag("127.0.0.1", 5000)

    @OptionGroup var flags: WebappFlags
    @OptionGroup var log: LogFlags

    func run() async throws {
        let logger = log.start()
        try await RoleGroup(logger: logger).run([
            RolePlan(name: "webapp", addresses: [listenAddress.address]) { try flags.role(logger: logger) }
        ])
    }
}

import ArgumentParser
import ContainerServer
import Logging
import WebServer

/// `martlet containers`, with cAdvisor's flags as Go reads them.
struct ContainersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "containers", abstract: "Watch the containers of this machine, as cAdvisor does.")

    @Argument(
        parsing: .captureForPassthrough,
        help:
            "cAdvisor's flags, for instance --port=8080 --docker_only; --log.level and --log.format as elsewhere."
    )
    var arguments: [String] = []

    func run() async throws {
        var own: [String] = []
        var log: [String] = []
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            if argument == "--help" || argument == "-h" || argument == "-help" {
                throw CleanExit.message(ContainersCommand.help)
            }
            guard argument.hasPrefix("--log.level") || argument.hasPrefix("--log.format") else {
                own.append(argument)
                continue
            }
            log.append(argument)
            if !argument.contains("="), let value = rest.popFirst() { log.append(value) }
        }
        let options: ContainerServerOptions
        let warnings: [String]
        do {
            (options, warnings) = try ContainerServerOptions.parse(own)
        } catch {
            throw ValidationError(error.message)
        }
        if options.showsVersion { throw CleanExit.message("martlet, version \(Program.version)") }
        let logger = try LogFlags.parse(log).start()
        for warning in warnings { logger.warning("\(warning)") }
        let address = ListenAddress(
            host: options.listenIP.isEmpty ? "0.0.0.0" : options.listenIP, port: options.port)
        try await RoleGroup(logger: logger).run([
            RolePlan(name: "containers", addresses: [address]) {
                try Role.containers(options, logger: logger)
            }
        ])
    }

    private static var help: String {
        """
        USAGE: martlet containers [flags]

        cAdvisor's flags, written -flag=value or --flag value. Listens on every address, port 8080.

        \(ContainerServerOptions.flagNames.map { "  --" + $0 }.joined(separator: "\n"))
        """
    }
}

import ArgumentParser

/// `martlet tool check healthy`
struct CheckHealthy: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "healthy", abstract: "Check if the Prometheus server is healthy.")

    @OptionGroup var connection: ConnectionFlags

    @Option(help: "The URL for the Prometheus server.")
    var url = "http://localhost:9090"

    func run() async throws {
        try await ServerCheck.run("/-/healthy", url, connection)
    }
}

/// `martlet tool check ready`
struct CheckReady: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ready", abstract: "Check if the Prometheus server is ready.")

    @OptionGroup var connection: ConnectionFlags

    @Option(help: "The URL for the Prometheus server.")
    var url = "http://localhost:9090"

    func run() async throws {
        try await ServerCheck.run("/-/ready", url, connection)
    }
}

private enum ServerCheck {
    /// Exit code 1 for any status but 200.
    static func run(_ path: String, _ url: String, _ flags: ConnectionFlags) async throws {
        let server = try ServerConnection(url, flags)
        let (status, body) = try await server.get(path, timeout: 10_000)
        guard status == 200 else {
            StandardError.write("check failed: URL=\(server.base), status=\(status)\n")
            throw ExitCode(1)
        }
        StandardError.write("  SUCCESS:  \(String(decoding: body, as: UTF8.self))\n")
    }
}

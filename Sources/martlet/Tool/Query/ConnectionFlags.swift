import ArgumentParser

/// How to reach a server.
struct ConnectionFlags: ParsableArguments {
    @Option(
        name: .customLong("http.config.file"),
        help: "HTTP client configuration file for authentication, TLS and proxies.")
    var configFile: String?

    @Option(
        name: .customLong("header"), parsing: .singleValue,
        help: "Extra headers to send to server: NAME=VALUE. Can be repeated.")
    var headers: [String] = []

    func validate() throws {
        for header in headers where !header.dropFirst().contains("=") {
            throw ValidationError("--header: got \"\(header)\", want NAME=VALUE")
        }
    }
}

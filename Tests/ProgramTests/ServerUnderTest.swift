import TestKit
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// `martlet server` on a free port.
final class ServerUnderTest: Sendable {
    let folder: TemporaryFolder
    let program: RunningProgram
    let port: Int

    var configurationPath: String { folder.path + "/prometheus.yml" }

    /// Starts it and waits until it is ready.
    ///
    /// - Parameters:
    ///   - folder: with the data of an earlier start, or empty.
    ///   - port: nil chooses one.
    ///   - isReady: asked with the port until it says so.
    init(
        _ configuration: String, flags: [String] = [], in folder: TemporaryFolder = TemporaryFolder(),
        port: Int? = nil,
        isReady: @Sendable (Int) throws -> Bool = { try LocalHTTP.get($0, "/-/ready").status == 200 }
    ) async throws {
        self.folder = folder
        let port = try port ?? LocalPort.free(1)[0]
        self.port = port
        try TestFile.write(configuration, to: folder.path + "/prometheus.yml")
        program = try BuiltProgram.start(
            [
                "server", "--config.file", folder.path + "/prometheus.yml", "--storage.tsdb.path",
                folder.path + "/data",
                "--web.listen-address", "127.0.0.1:\(port)",
            ] + flags, in: folder)
        let program = self.program
        do {
            try await eventually("martlet server") {
                if let ending = program.poll() { throw TestFailure("it ended: \(ending)") }
                return program.output.contains("The storage is open")
                    && program.output.contains("Ready to receive") ? true : nil
            }
            try await eventually("its readiness") { try isReady(port) ? true : nil }
        } catch {
            throw TestFailure("\(error)\n\(program.output)")
        }
    }

    func get(_ path: String) throws -> String { try LocalHTTP.get(port, path).text }

    func query(_ expression: String) throws -> String {
        try get("/api/v1/query?query=" + UpUnderTest.encoded(expression))
    }

    /// Waits until a query has a result. Returns the value of its first sample.
    @discardableResult
    func value(of expression: String, within seconds: Double = 60) async throws -> Double {
        try await eventually(within: seconds, "a value of \(expression)") {
            try UpUnderTest.firstValue(try self.query(expression))
        }
    }

    func stop() async throws {
        program.send(SIGTERM)
        let ending = try await program.end()
        guard ending == .exit(0) else { throw TestFailure("\(ending)\n\(program.output)") }
    }
}

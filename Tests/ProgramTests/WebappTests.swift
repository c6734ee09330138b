import TestKit
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct WebappTests {
    @Test func servesUntilItIsToldToEnd() async throws {
        let folder = TemporaryFolder()
        let port = try LocalPort.free(1)[0]
        let program = try BuiltProgram.start(
            ["webapp", "--listen-address", "127.0.0.1:\(port)", "--cpu-powers=50", "--log.format=json"],
            in: folder)
        let home = try await eventually("the web application") { try LocalHTTP.get(port, "/") }
        #expect(home.text == "home")
        #expect(try LocalHTTP.get(port, "/cpu").text == "cpu intensive operation complete")
        #expect(try LocalHTTP.get(port, "/nothing").status == 404)

        // Ten megabytes that are no JSON; the server lives on.
        let large = try LocalHTTP.request(
            "POST", port, "/predict", body: [UInt8](repeating: 0x20, count: 10 << 20))
        #expect(large.status == 413)
        #expect(try LocalHTTP.post(port, "/predict", "[1,2]").status == 400)
        #expect(try LocalHTTP.get(port, "/healthz").status == 200)

        #expect(
            program.output.contains(#""level":"INFO","msg":"Ready to receive requests""#), "\(program.output)"
        )
        program.send(SIGTERM)
        #expect(try await program.end() == .exit(0))
    }

    @Test func aBadModelIsRefused() async throws {
        let folder = TemporaryFolder()
        let path = folder.path + "/model.json"
        try TestFile.write("{\"learner\": {}}", to: path)
        let port = try LocalPort.free(1)[0]
        let program = try BuiltProgram.start(
            ["webapp", "--listen-address", "127.0.0.1:\(port)", "--model", path], in: folder)
        #expect(try await program.end() == .exit(1))
        #expect(program.output.contains("cannot serve the objective"), "\(program.output)")
    }
}

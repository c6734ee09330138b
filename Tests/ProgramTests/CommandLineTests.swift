import TestKit
import Testing

@Suite struct CommandLineTests {
    @Test(arguments: [
        (["webapp", "--bogus"], "--bogus"),
        (["webapp", "--cpu-powers=-1"], "--cpu-powers"),
        (["webapp", "--log.level=loud"], "--log.level"),
        (["server", "--storage.tsdb.pth=x"], "--storage.tsdb.pth"),
        (["server", "--query.timeout=soon"], "--query.timeout"),
        (["server", "--web.listen-address=nowhere"], "--web.listen-address"),
        (["containers", "--housekeeping=1s"], "--housekeeping"),
        (["containers", "-port=many"], "--port"),
        (["up", "--no-server"], "--no-server"),
        (["nosuch"], "nosuch"),
    ])
    func aWrongFlagIsNamed(arguments: [String], name: String) async throws {
        let (ending, output) = try await BuiltProgram.run(arguments)
        #expect(ending == .exit(2))
        #expect(output.contains(name), "\(output)")
    }

    @Test func tellsItsVersion() async throws {
        let (ending, output) = try await BuiltProgram.run(["--version"])
        #expect(ending == .exit(0))
        #expect(output.hasPrefix("martlet, version 0."))
    }

    @Test(arguments: [["--help"], ["up", "--help"], ["server", "--help"], ["containers", "--help"]])
    func helps(arguments: [String]) async throws {
        let (ending, output) = try await BuiltProgram.run(arguments)
        #expect(ending == .exit(0))
        #expect(output.contains("USAGE: martlet"))
    }

    @Test func aPortInUseIsNamedWithItsRole() async throws {
        let port = try LocalPort()
        let (ending, output) = try await BuiltProgram.run([
            "webapp", "--listen-address", "127.0.0.1:\(port.number)",
        ])
        #expect(ending == .exit(1))
        #expect(output.contains("cannot start webapp: port \(port.number) is in use"), "\(output)")
    }

    @Test func nothingIsHalfStarted() async throws {
        let folder = TemporaryFolder()
        let taken = try LocalPort()
        let free = try LocalPort.free(3)
        let program = try BuiltProgram.start(
            [
                "up", "--data", folder.path + "/data", "--webapp-address", "127.0.0.1:\(free[0])",
                "--server-address", "127.0.0.1:\(free[1])", "--containers-address", "127.0.0.1:\(free[2])",
                "--dashboards-address", "127.0.0.1:\(taken.number)",
            ], in: folder)
        #expect(try await program.end() == .exit(1))
        #expect(
            program.output.contains("cannot start dashboards: port \(taken.number) is in use"),
            "\(program.output)")
        #expect(!TestFile.exists(folder.path + "/data"))
    }

    @Test func aConfigurationThatIsWrongNamesFileAndLine() async throws {
        let folder = TemporaryFolder()
        let path = folder.path + "/prometheus.yml"
        try TestFile.write("global:\n  scrape_interval: 5s\n  scrap_timeout: 1s\n", to: path)
        let port = try LocalPort.free(1)[0]
        let program = try BuiltProgram.start(
            [
                "server", "--config.file", path, "--storage.tsdb.path", folder.path + "/data",
                "--web.listen-address", "127.0.0.1:\(port)",
            ], in: folder)
        #expect(try await program.end() == .exit(2))
        #expect(program.output.contains("prometheus.yml:3"), "\(program.output)")
        #expect(program.output.contains("scrap_timeout"), "\(program.output)")
    }

    @Test func theDemoPasswordIsForThisMachineOnly() async throws {
        let folder = TemporaryFolder()
        let ports = try LocalPort.free(4)
        let program = try BuiltProgram.start(
            [
                "up", "--data", folder.path + "/data", "--webapp-address", "127.0.0.1:\(ports[0])",
                "--server-address", "127.0.0.1:\(ports[1])", "--containers-address", "127.0.0.1:\(ports[2])",
                "--dashboards-address", "0.0.0.0:\(ports[3])",
            ], environment: ["GF_SECURITY_ADMIN_PASSWORD": ""], in: folder)
        #expect(try await program.end() == .exit(1))
        #expect(program.output.contains("GF_SECURITY_ADMIN_PASSWORD"), "\(program.output)")
    }
}

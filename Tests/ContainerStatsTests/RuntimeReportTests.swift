import TestKit
import Testing

@testable import ContainerStats

@Suite(.enabled(if: RecordedMachine.isAvailable)) struct RuntimeReportTests {
    @Test func readsTheRecordedDaemon() async throws {
        let machine = try RecordedMachine.v1.get()
        func recorded(_ name: String) throws -> String {
            String(
                decoding: try #require(SharedFolders.read("\(machine.folder.path)/docker-api/\(name).json")),
                as: UTF8.self)
        }
        let info = try recorded("info"), version = try recorded("version"), images = try recorded("images")
        let runtime = FakeRuntime { target in
            if target == "/_ping" { return .json("OK") }
            if target.hasSuffix("/info") { return .json(info) }
            if target.hasSuffix("/version") { return .json(version) }
            if target.hasSuffix("/images/json") { return .json(images) }
            return .status(404, "{}")
        }
        defer { runtime.stop() }
        var options = machine.options()
        options.dockerSocket = runtime.socket
        let monitor = ContainerMonitor(options: options)
        defer { monitor.shutDown() }
        let report = try await monitor.report(of: .docker)
        #expect(report.version == "20.10.24+dfsg1" && report.apiVersion == "1.41")
        #expect(report.driver == "overlay2" && !report.driverStatus.isEmpty)
        #expect(
            report.images.contains { $0.tags == ["cadtest/busybox:1.0"] && $0.size > 0 && $0.created > 1.7e9 }
        )
        #expect(report.images.map(\.created) == report.images.map(\.created).sorted(by: >))
        await #expect(throws: ContainerStatsError.self) { try await monitor.report(of: .podman) }
    }

    @Test(arguments: [
        "[]", "{}", "[1, null, {}]", #"{"Driver": 7, "DriverStatus": [["a"], 1, [1, 2]]}"#, "[", "",
    ])
    func nonsenseIsEmptyOrRefused(answer: String) async throws {
        let runtime = FakeRuntime { $0 == "/_ping" ? .json("OK") : .json(answer) }
        defer { runtime.stop() }
        let source = DockerSource(socket: runtime.socket, runtime: .docker)
        let report = try? source.report()
        #expect(report?.driverStatus.isEmpty ?? true)
        #expect(report?.images.allSatisfy { $0.tags.isEmpty && $0.size == 0 } ?? true)
    }
}

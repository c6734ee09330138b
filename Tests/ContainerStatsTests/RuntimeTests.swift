import TestKit
import Testing

@testable import ContainerStats

/// Names from a runtime's socket, played by ``FakeRuntime`` with recorded answers.
@Suite(.enabled(if: RecordedMachine.isAvailable)) struct RuntimeTests {
    private func inspectText(_ name: String, _ machine: RecordedMachine) throws -> String {
        String(
            decoding: try #require(
                SharedFolders.read("\(machine.folder.path)/docker-api/inspect_\(name).json")), as: UTF8.self)
    }

    private func options(_ machine: RecordedMachine, _ runtime: FakeRuntime) -> ContainerMonitorOptions {
        var options = machine.options()
        options.dockerSocket = runtime.socket
        options.dockerFolder = "/nowhere"
        return options
    }

    @Test func inspectsOnceAndFollowsEvents() async throws {
        let machine = try RecordedMachine.v1.get()
        let web = try inspectText("web", machine)
        let renamed = web.replacing("\"Name\": \"/web\"", with: "\"Name\": \"/shop\"")
        let isRenamed = ManualClock(0)
        let runtime = FakeRuntime { target in
            if target == "/_ping" { return .json("OK") }
            if target.contains("/events") { return .stream }
            if target.hasSuffix("/version") { return .json(#"{"Version":"20.10.24"}"#) }
            if target.contains(RecordedV1Tests.web) { return .json(isRenamed.now() == 0 ? web : renamed) }
            return .status(404, #"{"message":"No such container"}"#)
        }
        defer { runtime.stop() }
        let monitor = ContainerMonitor(options: options(machine, runtime))
        defer { monitor.shutDown() }
        #expect(try await monitor.metrics().all("container_last_seen", ["name": "web"]).count == 1)
        #expect(try await eventually { runtime.followers == 1 })
        for _ in 0..<5 { _ = try await monitor.metrics() }
        // Once when first seen, and once when the event stream began.
        let inspections = runtime.targets.filter { $0 == "GET /v1.41/containers/\(RecordedV1Tests.web)/json" }
            .count
        #expect(inspections >= 1 && inspections <= 2)
        #expect(runtime.targets.allSatisfy { $0.hasPrefix("GET ") })
        #expect(
            try await monitor.metrics().all("cadvisor_version_info").first?.labels["dockerVersion"]
                == "20.10.24")
        isRenamed.set(1)
        runtime.send(
            #"{"Type":"container","Action":"rename","Actor":{"ID":"\#(RecordedV1Tests.web)","Attributes":{}}}"#
        )
        #expect(
            try await eventually {
                try await monitor.metrics().all("container_last_seen", ["name": "shop"]).count == 1
            })
        #expect(try await monitor.metrics().all("container_last_seen", ["name": "web"]).isEmpty)
    }

    @Test func lateNamesComeLate() async throws {
        let machine = try RecordedMachine.v1.get()
        let web = try inspectText("web", machine)
        let isReady = ManualClock(0)
        let runtime = FakeRuntime { target in
            if target == "/_ping" { return .json("OK") }
            if target.contains(RecordedV1Tests.web), isReady.now() == 1 { return .json(web) }
            return .status(404, "{}")
        }
        defer { runtime.stop() }
        let clock = ManualClock(1_795_480_000_000)
        var options = options(machine, runtime)
        options.clock = clock
        let monitor = ContainerMonitor(options: options)
        defer { monitor.shutDown() }
        let id = "/docker/" + RecordedV1Tests.web
        // Held back for a while, then told without a name, then with it.
        #expect(try await monitor.metrics().all("container_last_seen", ["id": id]).isEmpty)
        clock.advance(milliseconds: 4000)
        #expect(
            try await monitor.metrics().all("container_last_seen", ["id": id]).first?.labels["name"] == nil)
        isReady.set(1)
        #expect(
            try await eventually {
                try await monitor.metrics().all("container_last_seen", ["name": "web"]).count == 1
            })
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n{}",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n{}",
        "HTTP/1.1 200 OK\r\n\r\n{\"Id\": [[[[[[[",
        "nonsense",
        "",
        "HTTP/1.1 abc OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}",
    ])
    func aLyingRuntimeHarmsNothing(reply: String) async throws {
        let machine = try RecordedMachine.v1.get()
        let runtime = FakeRuntime { _ in .raw(reply) }
        defer { runtime.stop() }
        var options = options(machine, runtime)
        options.nameWait = 0
        let monitor = ContainerMonitor(options: options)
        defer { monitor.shutDown() }
        let metrics = try await monitor.metrics()
        #expect(metrics.all("container_last_seen").count > 11)
        #expect(metrics.all("container_last_seen").allSatisfy { $0.labels["name"] == nil })
    }

    @Test func aHangingRuntimeHoldsUpNobody() async throws {
        let machine = try RecordedMachine.v1.get()
        let runtime = FakeRuntime { _ in .silence }
        defer { runtime.stop() }
        var options = options(machine, runtime)
        options.firstNameWait = 1_000_000
        options.nameWait = 0
        let monitor = ContainerMonitor(options: options)
        defer { monitor.shutDown() }
        #expect(try await monitor.metrics().all("container_last_seen").count > 11)
    }

    @Test func anAnswerAboutSomethingElseIsNone() throws {
        let runtime = FakeRuntime { target in
            target == "/_ping" ? .json("OK") : .json(#"{"Id":"other","Name":"/evil"}"#)
        }
        defer { runtime.stop() }
        #expect(try DockerSource(socket: runtime.socket, runtime: .docker).inspect("abc") == nil)
    }

    @Test func neverAsksForAVersionThatTheDaemonLacks() throws {
        for (theirs, wanted) in [("1.41", "/v1.41/"), ("1.99", "/v1.51/"), ("1.24", "/v1.24/")] {
            let runtime = FakeRuntime { target in
                target == "/_ping"
                    ? .raw("HTTP/1.1 200 OK\r\nApi-Version: \(theirs)\r\nContent-Length: 2\r\n\r\nOK")
                    : .json(#"{"Version":"x"}"#)
            }
            defer { runtime.stop() }
            _ = try DockerSource(socket: runtime.socket, runtime: .docker).version()
            #expect(runtime.targets.last == "GET \(wanted)version")
        }
    }

    @Test func readsTheRecordedEvents() throws {
        let machine = try RecordedMachine.v1.get()
        let lines = try #require(SharedFolders.read("\(machine.folder.path)/docker-api/events_stream.ndjson"))
            .split(separator: 0x0A)
        let events = lines.compactMap { DockerSource.event($0) }
        #expect(events.contains { $0.action == .started })
        #expect(events.contains { $0.action == .ended(exitCode: 0) })
        #expect(events.contains { $0.action == .outOfMemory })
        #expect(events.contains { $0.action == .removed })
        // exec and attach change nothing.
        #expect(events.count < lines.count)
    }

    @Test func podmanAndItsFiles() throws {
        let machine = try RecordedMachine.v1.get()
        let id = "1a09150451909053a398cb8766e4fa67efec1aaac22c29bb1297896605955721"
        let text = String(
            decoding: try #require(
                SharedFolders.read("\(machine.folder.path)/docker-api/podman/containers_pweb_json.json")),
            as: UTF8.self)
        let runtime = FakeRuntime { target in
            target == "/_ping" ? .json("OK") : target.contains(id) ? .json(text) : .status(404, "{}")
        }
        defer { runtime.stop() }
        let record = try #require(try DockerSource(socket: runtime.socket, runtime: .podman).inspect(id))
        #expect(
            record.name == "pweb" && record.runtime == .podman && record.created > 1.7e9
                && record.health == -1)
        let storage = TemporaryFolder()
        let list = try #require(
            SharedFolders.read("\(machine.folder.path)/docker-api/podman/overlay-containers.containers.json"))
        let copy = RecordedFolder(storage.path)
        copy.write("/overlay-containers/containers.json", String(decoding: list, as: UTF8.self))
        let kept = try #require(try PodmanFolderSource(host: "", root: storage.path).inspect(id))
        #expect(kept.name == "pweb" && kept.layerFolder.hasSuffix("/diff"))
    }

    @Test func containerdTasks() throws {
        let state = TemporaryFolder()
        let id = String(repeating: "ab", count: 32)
        let folder = RecordedFolder(state.path)
        folder.write(
            "/io.containerd.runtime.v2.task/k8s.io/\(id)/config.json",
            """
            {"annotations":{"io.kubernetes.cri.container-name":"app","io.kubernetes.cri.container-type":"container",
            "io.kubernetes.cri.image-name":"registry/app:1","io.kubernetes.cri.sandbox-name":"app-0",
            "io.kubernetes.cri.sandbox-namespace":"shop"},"process":{"env":["A=b"]}}
            """)
        folder.write("/io.containerd.runtime.v2.task/k8s.io/\(id)/init.pid", "4711")
        let source = ContainerdFolderSource(folder: state.path, namespace: "k8s.io")
        let record = try #require(try source.inspect(id))
        #expect(record.name == id && record.image == "registry/app:1" && record.pid == 4711)
        #expect(
            record.labels.map(\.name) == [
                "io.kubernetes.container.name", "io.kubernetes.pod.name", "io.kubernetes.pod.namespace",
            ])
        #expect(record.labels.map(\.value) == ["app", "app-0", "shop"])
        #expect(try source.inspect(String(repeating: "cd", count: 32)) == nil)
    }

    @Test func crio() throws {
        let id = String(repeating: "ef", count: 32)
        let runtime = FakeRuntime { target in
            target == "/containers/\(id)"
                ? .json(
                    #"{"name":"x","pid":7,"image":"quay.io/a:1","created_time":1700000000000000000,"labels":{"io.kubernetes.container.name":"app","io.kubernetes.pod.name":"p","io.kubernetes.pod.namespace":"n","io.kubernetes.pod.uid":"u"},"annotations":{"io.kubernetes.container.restartCount":"2"},"log_path":"/var/log/pods/a/0.log"}"#
                )
                : .status(404, "")
        }
        defer { runtime.stop() }
        let record = try #require(try CRIOSource(socket: runtime.socket).inspect(id))
        #expect(
            record.name == "k8s_app_p_n_u_2" && record.created == 1.7e9
                && record.logFolder == "/var/log/pods/a")
    }
}

import HTTPTypes
import Logging
import Platform
import Synchronization
import TestKit
import Testing
import WebClient

@testable import Scraping

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct DiscoveryTests {
    private func services(_ change: (inout ScrapeOptions) -> Void = { _ in }) -> DiscoveryServices {
        var options = ScrapeOptions()
        change(&options)
        return DiscoveryServices(
            workers: WorkerThreads(name: "test", count: 1), alarm: SystemAlarm(), clock: SystemClock(),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, options: options)
    }

    private func write(_ text: String, _ path: String) {
        guard let file = fopen(path, "w") else { return }
        fputs(text, file)
        fclose(file)
    }

    @Test func filesAreReadAgainWhenTheyChange() async throws {
        let folder = TemporaryFolder()
        let (a, b) = (folder.path + "/a.json", folder.path + "/b.json")
        write(#"[{"targets": ["x:1", "y:2"], "labels": {"l": "v"}}, {"targets": []}]"#, a)
        var files = FileDiscoverer(FileDiscoverySettings(files: [folder.path + "/*.json"]), services())
        var groups = try await files.look()
        #expect(groups?.count == 2)
        #expect(groups?[0].targets.map { $0["__address__"] } == ["x:1", "y:2"])
        #expect(groups?[0].labels == ["l": "v", "__meta_filepath": a])
        #expect(try await files.look() == nil)
        write(#"[{"targets": ["z:3"]}]"#, b)
        groups = try await files.look()
        #expect(groups?.flatMap(\.targets).count == 3)
        // A broken file keeps what it had.
        write(#"[{"targets": ["#, a)
        write(#"[{"targets": ["z:3", "w:4"]}]"#, b)
        groups = try await files.look()
        #expect(groups?.flatMap(\.targets).count == 4)
        unlink(b)
        groups = try await files.look()
        #expect(groups?.flatMap(\.targets).count == 2)
    }

    @Test(arguments: [
        "{}", "[1]", #"[{"targets": [1]}]"#, #"[{"targets": [], "x": 1}]"#, #"[{"labels": {"a": 1}}]"#, "",
        "[", "nul",
    ])
    func badGroups(text: String) {
        #expect(throws: ScrapingError.self) { try TargetGroupText.read(Array(text.utf8), source: "s") }
    }

    @Test func groupsFromAServer() async throws {
        let server = MetricsServer()
        let groups = try await server.run { address in
            var settings = HTTPDiscoverySettings(url: "http://\(address)/sd")
            settings.refreshInterval = 5000
            let discoverer = try HTTPDiscoverer(settings, services())
            server.answer(
                "/sd", #"[{"targets": ["x:1"], "labels": {"a": "b"}}]"#,
                headers: ["Content-Type": "application/json; charset=utf-8"])
            let groups = try await discoverer.look()
            server.answer("/sd", "[]", headers: ["Content-Type": "application/json"])
            #expect(try await discoverer.look() == [])
            server.answer("/sd", "[]", headers: ["Content-Type": "text/plain"])
            await #expect(throws: ScrapingError.self) { try await discoverer.look() }
            server.answer(
                "/sd", "[]", status: .internalServerError, headers: ["Content-Type": "application/json"])
            await #expect(throws: ScrapingError.self) { try await discoverer.look() }
            return try #require(groups)
        }
        #expect(groups.count == 1)
        #expect(groups[0].targets == [["__address__": "x:1"]])
        #expect(groups[0].labels["a"] == "b")
        #expect(groups[0].labels["__meta_url"]?.hasSuffix("/sd") == true)
        #expect(server.asked.first?.headers["x-prometheus-refresh-interval-seconds"] == "5.0")
    }

    @Test func dynamicTargetsAreScraped() async throws {
        let folder = TemporaryFolder()
        let server = MetricsServer()
        server.answer("a 1\n")
        let store = MemoryStore()
        var options = ScrapeOptions()
        options.scrapesAtStart = true
        let service = try ScrapeService(
            store: store, workers: WorkerThreads(name: "test", count: 2),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, options: options)
        try await server.run { address in
            let path = folder.path + "/t.json"
            self.write("[{\"targets\": [\"\(address)\"]}]", path)
            var job = ScrapeConfiguration(jobName: "j")
            var files = FileDiscoverySettings(files: [path])
            files.refreshInterval = 100
            job.discovery = [.file(files)]
            service.apply([job])
            service.start()
            for _ in 0..<6000 where store.series.isEmpty { try await Task.sleep(for: .milliseconds(10)) }
            #expect(store.series.count == 1)
            self.write("[]", path)
            for _ in 0..<6000 where !service.targets().isEmpty {
                try await Task.sleep(for: .milliseconds(10))
            }
            #expect(service.targets().isEmpty)
            await service.stop()
        }
    }

    @Test func containersOfDocker() async throws {
        let server = MetricsServer()
        server.answer(
            "/containers/json",
            """
            [{"Id": "c1", "Names": ["/web"], "Image": "img", "ImageID": "sha", "Labels": {"com.x/y": "z"}, "HostConfig": {"NetworkMode": "n"},
              "Ports": [{"PrivatePort": 80, "PublicPort": 8080, "IP": "0.0.0.0", "Type": "tcp"}, {"PrivatePort": 53, "Type": "udp"}],
              "NetworkSettings": {"Networks": {"b": {"IPAddress": "10.0.0.9", "NetworkID": "n2"}, "a": {"IPAddress": "10.0.0.2", "NetworkID": "n1"}}}},
             {"Id": "c2", "Names": ["/side"], "HostConfig": {"NetworkMode": "container:c1"}, "Ports": [], "NetworkSettings": {"Networks": {}}},
             {"Id": "c3", "Names": ["/host"], "HostConfig": {"NetworkMode": "host"}, "Ports": [], "NetworkSettings": {"Networks": {"host": {"IPAddress": "", "NetworkID": "h"}}}},
             {"Id": "c4", "Names": [], "HostConfig": {}, "NetworkSettings": {}}]
            """, headers: ["Content-Type": "application/json"])
        server.answer(
            "/networks",
            #"[{"Id": "n1", "Name": "a", "Scope": "local", "Internal": false, "Ingress": false, "Labels": {"p.q": "r"}}]"#,
            headers: ["Content-Type": "application/json"])
        let targets = try await server.run { address in
            var settings = DockerDiscoverySettings(host: "tcp://\(address)")
            settings.filters = [.init(name: "status", values: ["running"])]
            return try await DockerDiscoverer(settings, services()).look()?.flatMap(\.targets) ?? []
        }
        #expect(targets.map { $0["__address__"] } == ["10.0.0.2:80", "10.0.0.2:80", "localhost"])
        #expect(targets[0]["__meta_docker_container_name"] == "/web")
        #expect(targets[0]["__meta_docker_container_label_com_x_y"] == "z")
        #expect(targets[0]["__meta_docker_port_public"] == "8080")
        #expect(targets[0]["__meta_docker_network_name"] == "a")
        #expect(targets[0]["__meta_docker_network_label_p_q"] == "r")
        #expect(targets[1]["__meta_docker_container_network_mode"] == "container:c1")
        #expect(
            server.asked.first?.path == "/containers/json?filters=%7B%22status%22%3A%5B%22running%22%5D%7D")
    }
}

@Suite struct DNSTests {
    @Test func questionsAndAnswers() throws {
        let question = try #require(DNSMessage.question("_a._tcp.x.y", type: .srv, id: 0x1234))
        #expect(question.count == 12 + 13 + 4)
        var answer = question
        answer[2] = 0x81
        answer[3] = 0x80
        answer[7] = 2
        // Two records whose names point back to the question; the host names share a tail with it.
        for (port, host) in [(80, Array("\u{1}h".utf8)), (81, Array("\u{2}hh".utf8))] as [(UInt8, [UInt8])] {
            let data: [UInt8] = [0, 1, 0, 2, 0, port] + host + [0xC0, 0x14]
            answer += [0xC0, 0x0C, 0, 33, 0, 1, 0, 0, 0, 9, 0, UInt8(data.count)] + data
        }
        let read = DNSMessage.answer(answer, to: 0x1234, type: .srv)
        #expect(read?.records == [.service(host: "h.x.y.", port: 80), .service(host: "hh.x.y.", port: 81)])
        #expect(DNSMessage.answer(answer, to: 0x1235, type: .srv) == nil)
        let group = DNSDiscoverer.group(read?.records ?? [], name: "_a._tcp.x.y", port: 0)
        #expect(group.targets.map { $0["__address__"] } == ["h.x.y:80", "hh.x.y:81"])
        #expect(group.targets[0]["__meta_dns_srv_record_target"] == "h.x.y.")
    }

    @Test func brokenAnswersDoNoHarm() {
        var random = SeededGenerator(seed: 11)
        guard let question = DNSMessage.question("a.b", type: .a, id: 7) else { return }
        var answer = question
        answer[2] = 0x81
        answer[7] = 1
        answer += [0xC0, 0x0C, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 1, 2, 3, 4]
        #expect(DNSMessage.answer(answer, to: 7, type: .a)?.records == [.address("1.2.3.4")])
        for length in 0..<answer.count { _ = DNSMessage.answer(Array(answer[..<length]), to: 7, type: .a) }
        for _ in 0..<5000 {
            var broken = answer
            broken[Int.random(in: 2..<broken.count, using: &random)] = UInt8.random(
                in: 0...255, using: &random)
            _ = DNSMessage.answer(broken, to: 7, type: .srv)
            _ = DNSMessage.answer(broken, to: 7, type: .a)
        }
        // A name that points at itself.
        var loop = answer
        loop[question.count] = 0xC0
        loop[question.count + 1] = UInt8(question.count)
        #expect(DNSMessage.answer(loop, to: 7, type: .a) == nil)
    }

    @Test(
        arguments: [
            ([UInt8](repeating: 0, count: 16), "::"),
            ([0x20, 1, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], "2001:db8::1"),
            ([0, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 3, 0, 4, 0, 5], "1:0:2::3:4:5"),
        ] as [([UInt8], String)])
    func addresses(bytes: [UInt8], text: String) {
        #expect(IPv6Text.format(bytes) == text)
    }

    @Test(arguments: [
        "", ".", String(repeating: "a", count: 64),
        Array(repeating: "abcdefgh", count: 40).joined(separator: "."),
    ])
    func namesThatCannotBeAskedFor(name: String) {
        #expect(DNSMessage.question(name, type: .a, id: 1) == nil)
    }
}

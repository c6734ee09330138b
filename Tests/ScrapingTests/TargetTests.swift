import MetricModel
import NIOCore
import Testing
import WebClient

@testable import Scraping

@Suite struct TargetTests {
    private func make(
        _ own: [String: String], group: [String: String] = [:],
        _ change: (inout ScrapeConfiguration) -> Void = { _ in }
    ) throws -> Target {
        var configuration = ScrapeConfiguration(jobName: "j")
        change(&configuration)
        guard case .target(let target) = try Target.make(own, group: group, for: configuration) else {
            throw ScrapingError(.invalidTarget, "dropped")
        }
        return target
    }

    @Test func labelsSteerTheScrape() throws {
        let target = try make(
            [
                "__address__": "h:1", "__scheme__": "https", "__metrics_path__": "/a b?c", "__param_x": "1&2",
                "__scrape_interval__": "30s",
                "__scrape_timeout__": "20s", "__meta_y": "z", "__tmp_q": "r", "job": "own",
            ], group: ["job": "group", "g": "v"]
        ) { $0.parameters = ["x": ["0", "3"], "y": ["ü"]] }
        #expect(target.url == "https://h:1/a%20b%3Fc?x=1%262&x=3&y=%C3%BC")
        #expect((target.interval, target.timeout) == (30_000, 20_000))
        #expect(target.publicLabels.description == #"{g="v", instance="h:1", job="own"}"#)
        #expect(target.labels.value(of: "__meta_y") == nil)
        #expect(target.labels.value(of: "__tmp_q") == "r")
        #expect(target.discoveredLabels.value(of: "__meta_y") == "z")
    }

    @Test(
        arguments: [
            ([:], "no address"), (["__address__": "http://h"], "not a valid hostname"),
            (["__address__": "h", "__scrape_interval__": "0s"], "cannot be 0"),
            (["__address__": "h", "__scrape_interval__": "x"], "not a valid duration"),
            (["__address__": "h", "__scrape_timeout__": "2m"], "greater than"),
            (["__address__": "h", "__scrape_native_histograms__": "maybe"], "neither true nor false"),
        ] as [([String: String], String)])
    func badTargets(labels: [String: String], words: String) {
        let error = #expect(throws: ScrapingError.self) { try make(labels) }
        #expect(error?.kind == .invalidTarget)
        #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
    }

    @Test func offsetsAreSpreadAndStay() throws {
        var offsets: Set<Int64> = []
        for index in 0..<100 {
            let target = try make(["__address__": "h:\(index)"])
            #expect(target.offset(seed: 7) == target.offset(seed: 7))
            #expect((0..<60_000).contains(target.offset(seed: 7)))
            offsets.insert(target.offset(seed: 7) / 6000)
        }
        #expect(offsets.count == 10)
    }

    @Test func fnvIsFNV() {
        var hash = FNV1a()
        hash.add("foobar")
        #expect(hash.hash == 0x8594_4171_f739_67e8)
    }

    @Test(
        arguments: [
            (0, 100, 0, 100), (99, 100, 0, 100), (100, 100, 0, 200), (5, 100, 30, 30), (30, 100, 30, 130),
            (-5, 100, 30, 30),
        ] as [(Int64, Int64, Int64, Int64)])
    func theNextSlot(now: Int64, interval: Int64, offset: Int64, slot: Int64) {
        #expect(ScrapeLoop.next(after: now, interval: interval, offset: offset) == slot)
    }

    @Test func socketsAreReachedByTheirPath() throws {
        let target = try make(["__address__": "h", "__unix_socket__": "/run/a b.sock", "__param_x": "1"])
        let request = ScrapeRequest(target: target, configuration: ScrapeConfiguration(jobName: "j"))
        #expect(request.outgoing(buffer: .init()).url == "http+unix://%2Frun%2Fa%20b.sock/metrics?x=1")
    }
}

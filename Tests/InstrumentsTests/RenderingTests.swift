import Exposition
import Instruments
import MetricModel
import TestKit
import Testing

@Suite struct RenderingTests {
    private func registry() throws -> Registry {
        let registry = Registry(clock: ManualClock(1_500_000_000_000))
        let requests = try registry.counters(
            "app_requests_total", help: "Served\nrequests \\ \"all\".", labels: ["path", "code"])
        try requests.labels("/b", "200").increment()
        try requests.labels("/a\"\\\n", "200").increment(by: 2.5)
        try registry.gauge("a_gauge", help: "A gauge.").set(-1)
        let latency = try registry.histogram("latency_seconds", help: "Latency.", buckets: [0.1, 1])
        latency.observe(0.1)
        latency.observe(0.5)
        latency.observe(20)
        return registry
    }

    @Test func text() throws {
        #expect(
            String(decoding: try registry().render(as: .text), as: UTF8.self) == #"""
                # HELP a_gauge A gauge.
                # TYPE a_gauge gauge
                a_gauge -1
                # HELP app_requests_total Served\nrequests \\ "all".
                # TYPE app_requests_total counter
                app_requests_total{path="/a\"\\\n",code="200"} 2.5
                app_requests_total{path="/b",code="200"} 1
                # HELP latency_seconds Latency.
                # TYPE latency_seconds histogram
                latency_seconds_bucket{le="0.1"} 1
                latency_seconds_bucket{le="1.0"} 2
                latency_seconds_bucket{le="+Inf"} 3
                latency_seconds_sum 20.6
                latency_seconds_count 3
                # HELP metrics_dropped_labelsets_total Look-ups of label sets beyond the limit of their family.
                # TYPE metrics_dropped_labelsets_total counter

                """#)
    }

    @Test func openMetrics() throws {
        let text = String(decoding: try registry().render(as: .openMetrics), as: UTF8.self)
        #expect(text.hasSuffix("# EOF\n"))
        #expect(text.contains("# TYPE app_requests counter\n"))
        #expect(text.contains("app_requests_total{path=\"/b\",code=\"200\"} 1.0\n"))
        #expect(text.contains("app_requests_created{path=\"/b\",code=\"200\"} 1.5e+09\n"))
        #expect(text.contains("latency_seconds_bucket{le=\"+Inf\"} 3.0\n"))
        #expect(text.contains("# UNIT latency_seconds seconds\n"))
    }

    @Test(arguments: [ExpositionFormat.text, .openMetrics])
    func canBeParsed(format: ExpositionFormat) throws {
        let registry = try registry()
        try registry.register(ProcessCollector())
        try registry.register(SwiftInfoCollector())
        let body = registry.render(as: format)
        var names: Set<String> = []
        try body.withUnsafeBufferPointer { bytes in
            var parser = ExpositionParser(bytes, format: format)
            while let entry = try parser.next() {
                guard case .sample(let sample) = entry else { continue }
                let series = UnsafeBufferPointer(rebasing: bytes[sample.series])
                names.insert(try SeriesText.decode(series, type: nil).value(of: "__name__") ?? "")
            }
        }
        for name in [
            "process_cpu_seconds_total", "process_resident_memory_bytes", "process_open_fds",
            "process_max_fds", "process_start_time_seconds", "swift_info",
        ] {
            #expect(names.contains(name))
        }
    }
}

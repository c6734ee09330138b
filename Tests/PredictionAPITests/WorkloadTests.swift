import HTTPTypes
import HummingbirdTesting
import NIOCore
import Platform
import Testing

@testable import PredictionAPI

@Suite struct WorkloadTests {
    @Test func answersInTheOriginalsWords() async throws {
        var options = PredictionOptions()
        options.cpuPowers = 100
        options.memoryKeys = 1000
        try await WebappUnderTest.run(options: options) { client in
            for (path, words) in [
                ("/", "home"), ("/cpu", "cpu intensive operation complete"),
                ("/memory", "memory intensive operation complete"), ("/healthz", "ok\n"),
            ] {
                let answer = try await client.execute(uri: path, method: .get)
                #expect(answer.status == .ok)
                #expect(String(buffer: answer.body) == words)
            }
            let metrics = String(buffer: try await client.execute(uri: "/metrics", method: .get).body)
            #expect(
                metrics.contains(
                    #"http_request_count_total{app_name="webapp",method="GET",endpoint="/cpu",http_status="200"} 1"#
                        + "\n"))
        }
    }

    @Test func strangePathsShareOneSeries() async throws {
        try await WebappUnderTest.run { client in
            for number in 0..<20 {
                let answer = try await client.execute(uri: "/nothing/\(number)?q=\"", method: .get)
                #expect(answer.status == .notFound)
                #expect(answer.headers[.contentType] == "application/json")
            }
            let metrics = String(buffer: try await client.execute(uri: "/metrics", method: .get).body)
            #expect(metrics.contains(#"endpoint="<unmatched>",http_status="404"} 20"# + "\n"))
            #expect(!metrics.contains("/nothing"))
        }
    }

    @Test func moreMemoryThanThereIsIsRefused() async throws {
        var options = PredictionOptions()
        options.memoryKeys = .max
        try await WebappUnderTest.run(options: options) { client in
            let answer = try await client.execute(uri: "/memory", method: .get)
            #expect(answer.status == .serviceUnavailable)
            #expect(String(buffer: answer.body).hasPrefix("{\"error\":\"cannot hold "))
        }
    }

    /// Powers are exact: their remainders are those of modular arithmetic, which needs no large numbers.
    @Test(arguments: [0, 1, 2, 3, 63, 64, 65, 255, 1000, 4095, 9999] as [UInt])
    func powersAreExact(base: UInt) {
        let power = BigNatural(base).power(base)
        for prime in [1_000_000_007, 998_244_353, 4_294_967_291] as [UInt] {
            var expected: UInt = 1
            for _ in 0..<base { expected = expected * (base % prime) % prime }
            #expect(power.remainder(dividingBy: prime) == expected, "\(base)^\(base) mod \(prime)")
        }
        #expect(base == 0 || power.remainder(dividingBy: base) == 0)
    }

    @Test func squaresOfAllOnesCarryAllTheWay() {
        // (2^64k - 1)^2 = 2^128k - 2^(64k+1) + 1
        var ones = BigNatural(.max)
        for _ in 0..<7 { ones = ones * BigNatural(.max) }
        #expect((ones * ones).remainder(dividingBy: .max) == 0)
        #expect(BigNatural(2).power(4096).bitWidth == 4097)
    }

    @Test func stopsWhenNobodyWaits() {
        let cancellation = Cancellation()
        cancellation.cancel()
        #expect(Workload.powers(10_000, cancellation: cancellation) == 0)
        #expect(Workload.strings(10_000_000, cancellation: cancellation) == 0)
    }
}

import Hummingbird
import JSON
import MetricModel
import QueryScripts
import Testing
import WebServer

/// Queries of strangers, through the API: each gets an answer, or an error that names the place.
@Suite struct HostileRequestTests {
    private static func escaped(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            let isPlain = byte >= 0x30 && byte <= 0x39 || byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A
            result +=
                isPlain ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        return result
    }

    private static let server = Result { try TestServer() }

    private static func post(
        _ query: String, _ more: String = "", to path: String = "query",
        over storage: MemoryStorage? = nil
    ) async throws -> (status: Int, json: JSONValue, text: String) {
        let answer = try await (storage.map { try TestServer($0) } ?? server.get()).client.post(
            "/api/v1/\(path)", form: "query=\(escaped(query))\(more)")
        return (answer.status.code, try JSONValue.parse(Array(answer.text.utf8)), answer.text)
    }

    private static func nest(_ open: String, _ core: String, _ close: String, _ count: Int) -> String {
        String(repeating: open, count: count) + core + String(repeating: close, count: count)
    }

    private static let unreadable: [String] = [
        nest("(", "1", ")", 10_000), nest("-", "1", "", 10_000), nest("abs(", "odd", ")", 10_000),
        nest("sum by (a) (", "odd", ")", 10_000), nest("label_join(", "odd", ",\"a\",\"b\",\"c\")", 10_000),
        nest("odd + ", "odd", "", 40_000), String(repeating: "x", count: 1_000_000),
        "odd{" + nest("a=\"b\",", "", "", 150_000) + "}", "\"" + String(repeating: "\\", count: 1_000_000),
        "{a=~\"" + nest("(", "a", "){1000}", 30) + "\"}", "{a=~\"" + nest("(", "a", "", 500_000) + "\"}",
    ]

    @Test(arguments: 0..<unreadable.count, ["query", "parse_query", "format_query"])
    func whatIsTooDeepOrTooLongIsRefusedWithItsPlace(_ number: Int, path: String) async throws {
        let answer = try await Self.post(Self.unreadable[number], to: path)
        #expect(answer.status == 400)
        #expect(answer.json["errorType"] == "bad_data")
        let error = try #require(answer.json["error"]?.string)
        // The query does not come back, but where it went wrong does.
        #expect(error.utf8.count < 1000)
        #expect(error.contains(#/[0-9]+:[0-9]+/#), "\(error)")
    }

    /// Less than a kilobyte of query whose labels double with every call.
    @Test func labelsThatExplodeAreRefused() async throws {
        let storage = MemoryStorage()
        for number in 0..<4000 {
            storage.append(Labels([("__name__", "many"), ("i", "\(number)")]), TestServer.now, 1)
        }
        var query = "many"
        for _ in 0..<30 { query = "label_join(\(query),\"i\",\"\",\"i\",\"i\")" }
        #expect(query.utf8.count < 900)
        let answer = try await Self.post(query, over: storage)
        #expect(answer.status == 422)
        #expect(answer.json["errorType"] == "execution")
        #expect(answer.json["error"]?.string?.isEmpty == false)
    }

    /// Patterns that cost a backtracking engine centuries.
    @Test(arguments: ["(a+)+b", "(a|a)*b", "(.*)*(.*)*(.*)*b", "(a*)*c|(b*)*d", "((((((.*)*)*)*)*)*)*x"])
    func patternsAreMatchedInTime(pattern: String) async throws {
        let storage = MemoryStorage()
        let name = String(repeating: "a", count: 20_000)
        storage.append(Labels([("__name__", "long"), ("a", name)]), TestServer.now, 1)
        let selected = try await Self.post("long{a=~\"\(pattern)\"}", over: storage)
        #expect(selected.status == 200)
        #expect(selected.json["data"]?["result"]?.array?.isEmpty == true)
        let replaced = try await Self.post(
            "label_replace(long, \"b\", \"x\", \"a\", \"\(pattern)\")", over: storage)
        #expect(replaced.status == 200)
        #expect(replaced.json["data"]?["result"]?.array?.count == 1)
    }

    private static let oddNumbers = [
        "NaN", "Inf", "-Inf", "1e308", "-1e308", "1e-320", "9223372036854775807",
    ]

    @Test(arguments: [
        "topk(N, odd)", "bottomk(N, odd)", "limitk(N, odd)", "quantile(N, odd)",
        "count_values(\"a\", odd * N)",
        "histogram_quantile(N, requests_total)", "quantile_over_time(N, requests_total[5m])",
        "predict_linear(requests_total[5m], N)", "clamp(odd, N, 1)", "clamp(odd, 0, N)", "clamp_min(odd, N)",
        "round(odd, N)", "odd ^ N", "odd % N", "odd / N", "N - odd", "odd > bool N", "vector(N)",
        "minute(vector(N))",
        "days_in_month(vector(N))", "year(odd * N)", "odd atan2 vector(N)", "sort(odd * N)",
        "double_exponential_smoothing(requests_total[5m], 0.5, 0.1) * N", "stddev(odd * N)",
        "avg(odd + N)", "sum_over_time((odd * N)[5m:10s])", "timestamp(vector(N))", "scalar(vector(N))",
    ])
    func oddNumbersAreNumbersEverywhere(template: String) async throws {
        for number in Self.oddNumbers {
            let query = template.replacing("N", with: number == "NaN" ? "NaN" : number)
            for (path, more) in [("query", ""), ("query_range", "&start=900&end=1000&step=10")] {
                let answer = try await Self.post(query, more, to: path)
                // Values that count nothing are an error of the query; nothing is an error of ours.
                #expect([200, 400, 422].contains(answer.status), "\(query): \(answer.text.prefix(300))")
                #expect(answer.json["status"] == (answer.status == 200 ? "success" : "error"))
            }
        }
    }

    @Test(
        arguments: ["time", "timeout", "lookback_delta", "limit"],
        oddNumbers + ["1e400", "--1", "0x", "1y", ""])
    func oddParametersAreReadOrRefused(name: String, value: String) async throws {
        let answer = try await Self.post("odd", "&\(name)=\(value)")
        // A time that is over at once is none to be refused.
        let statuses = name == "timeout" ? [200, 400, 503] : [200, 400]
        #expect(statuses.contains(answer.status), "\(answer.text.prefix(300))")
        if answer.status == 400 {
            #expect(answer.json["errorType"] == "bad_data")
            #expect(answer.json["error"]?.string?.contains(name.prefix(8)) == true, "\(answer.text)")
        }
    }

    @Test(arguments: ["start", "end", "step"], oddNumbers + ["1e400", "-0", "1ms", ""])
    func oddRangesAreReadOrRefused(name: String, value: String) async throws {
        var fields = ["start": "900", "end": "1000", "step": "10"]
        fields[name] = value
        let more = fields.map { "&\($0.key)=\($0.value)" }.joined()
        let answer = try await Self.post("odd", more, to: "query_range")
        #expect([200, 400].contains(answer.status), "\(answer.text.prefix(300))")
        #expect(answer.text.utf8.count < 100_000)
    }

    @Test func milliSecondsOverAYearAreRefused() async throws {
        let answer = try await Self.post("odd", "&start=0&end=31536000&step=0.001", to: "query_range")
        #expect(answer.status == 400)
        #expect(
            answer.json["error"]?.string?.hasPrefix("exceeded maximum resolution of 11,000 points") == true)
    }
}

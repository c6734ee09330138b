import HTTPTypes
import JSON
import NIOCore
import TestKit
import Testing
import WebServer

@testable import QueryAPI

@Suite struct QueryTests {
    @Test func answersAVectorAsPrometheusWritesIt() async throws {
        let server = try TestServer()
        let answer = try await server.get("/api/v1/query?query=requests_total%7Bcode%3D%22500%22%7D")
        #expect(answer.status == 200)
        #expect(
            answer.text
                == #"{"status":"success","data":{"resultType":"vector","result":[{"metric":{"__name__":"requests_total","code":"500","job":"web"},"value":[1000,"100"]}]}}"#
        )
    }

    @Test func writesEveryKindOfNumber() async throws {
        let server = try TestServer()
        let answer = try await server.get("/api/v1/query?query=sort_by_label(odd,%22i%22)&time=1000.5")
        // Experimental functions are off unless asked for.
        #expect(answer.status == 400)
        let plain = try await server.get("/api/v1/query?query=odd&time=1000.5")
        let values = try #require(plain.json["data"]?["result"]?.array)
        let byIndex = Dictionary(
            uniqueKeysWithValues: values.map {
                ($0["metric"]?["i"]?.string ?? "", $0["value"]?[1]?.string ?? "")
            })
        #expect(byIndex == ["0": "0.1", "1": "-1e-07", "2": "1e+21", "3": "+Inf", "4": "-Inf", "5": "NaN"])
        #expect(values[0]["value"]?[0] == .number("1000.500"))
    }

    @Test func answersScalarsAndStrings() async throws {
        let server = try TestServer()
        #expect(
            try await server.get("/api/v1/query?query=2*3").text.contains(
                #""resultType":"scalar","result":[1000,"6"]"#))
        #expect(
            try await server.get("/api/v1/query?query=%22a%3Cb%22").text.contains(
                #""resultType":"string","result":[1000,"a\u003cb"]"#))
        #expect(
            try await server.get("/api/v1/query?query=nothing").text.contains(
                #""resultType":"vector","result":[]"#))
        #expect(
            try await server.get("/api/v1/query?query=gone").json["data"]?["result"]?.array?.isEmpty == true)
    }

    @Test func answersARange() async throws {
        let server = try TestServer()
        let answer = try await server.get(
            "/api/v1/query_range?query=sum(rate(requests_total%5B1m%5D))&start=900&end=1000&step=50")
        #expect(
            answer.text
                == #"{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[900,"1.1"],[950,"1.1"],[1000,"1.1"]]}]}}"#
        )
    }

    @Test func readsFormsByPost() async throws {
        let server = try TestServer()
        let answer = try await server.client.post(
            "/api/v1/query", form: "query=count(requests_total)&time=1970-01-01T00:16:40Z")
        #expect(answer.status == .ok)
        #expect(answer.text.contains(#"[1000,"2"]"#))
    }

    @Test(arguments: [
        ("/api/v1/query", 400, "bad_data"), ("/api/v1/query?query=sum(", 400, "bad_data"),
        ("/api/v1/query?query=up&time=tomorrow", 400, "bad_data"),
        ("/api/v1/query?query=up&timeout=x", 400, "bad_data"),
        ("/api/v1/query?query=up&limit=-1", 400, "bad_data"),
        ("/api/v1/query?query=1+%2B+on(code)+requests_total", 400, "bad_data"),
        ("/api/v1/query?query=requests_total+*+on(job)+requests_total", 422, "execution"),
        ("/api/v1/query_range?query=up&start=0&end=1", 400, "bad_data"),
        ("/api/v1/query_range?query=up&start=2&end=1&step=1", 400, "bad_data"),
        ("/api/v1/query_range?query=up&start=0&end=1&step=0", 400, "bad_data"),
        ("/api/v1/query_range?query=up&start=0&end=100000&step=1", 400, "bad_data"),
        ("/api/v1/query_range?query=requests_total%5B5m%5D&start=0&end=10&step=1", 400, "bad_data"),
        ("/api/v1/series", 400, "bad_data"), ("/api/v1/series?match%5B%5D=%7Ba%3D%22%22%7D", 400, "bad_data"),
        ("/api/v1/labels?match%5B%5D=up%7B", 400, "bad_data"), ("/api/v1/labels?start=x", 400, "bad_data"),
        ("/api/v1/query?query=up&time=1e300", 400, "bad_data"),
        ("/api/v1/query?query=up&time=NaN", 400, "bad_data"),
        ("/api/v1/query_range?query=up&start=0&end=1&step=1e300", 400, "bad_data"),
    ])
    func refusesWithTheRightKind(path: String, status: Int, kind: String) async throws {
        let answer = try await TestServer().get(path)
        #expect(answer.status == status, "\(answer.text)")
        #expect(answer.json["status"] == "error")
        #expect(answer.json["errorType"]?.string == kind)
        #expect(answer.json["error"]?.string?.isEmpty == false)
    }

    @Test func cutsToALimitAndSaysSo() async throws {
        let answer = try await TestServer().get("/api/v1/query?query=odd&limit=2")
        #expect(answer.json["data"]?["result"]?.array?.count == 2)
        #expect(answer.json["warnings"]?[0]?.string == "results truncated due to limit")
    }

    @Test func tellsWarningsWithTheirPlace() async throws {
        let answer = try await TestServer().get("/api/v1/query?query=quantile(2,requests_total)")
        #expect(
            answer.json["warnings"]?[0]?.string?.hasPrefix(
                "PromQL warning: quantile value should be between 0 and 1, got 2") == true)
        #expect(answer.json["warnings"]?[0]?.string?.hasSuffix("(1:10)") == true)
    }

    @Test func tellsWhatAQueryCost() async throws {
        let answer = try await TestServer().get("/api/v1/query?query=requests_total&stats=all")
        let stats = try #require(answer.json["data"]?["stats"])
        #expect(stats["samples"]?["totalQueryableSamples"]?.int == 2)
        #expect(stats["timings"]?["execTotalTime"]?.double != nil)
    }

    /// Centuries and single milliseconds end soon: with an error, or within the steps allowed.
    @Test(arguments: [
        "/api/v1/query_range?query=requests_total&start=-9000000000&end=9000000000&step=10000000",
        "/api/v1/query?query=requests_total+offset+200y",
        "/api/v1/query?query=rate(requests_total%5B250y%5D)",
        "/api/v1/query?query=requests_total&time=8999999999999",
        "/api/v1/query?query=requests_total&time=-8999999999999",
        "/api/v1/query?query=requests_total&lookback_delta=290y",
        "/api/v1/query_range?query=requests_total&start=0&end=10&step=0.001",
        "/api/v1/query?query=max_over_time(requests_total%5B100y:1ms%5D)",
        "/api/v1/query?query=requests_total%40-9e9",
        "/api/v1/series?match%5B%5D=requests_total&start=-292273086-05-16T16:47:06Z&end=292277025-08-18T07:12:54.999999999Z",
    ])
    func survivesExtremeTimes(path: String) async throws {
        let answer = try await TestServer().get(path)
        #expect([200, 400, 422].contains(answer.status), "\(answer.text)")
    }
}

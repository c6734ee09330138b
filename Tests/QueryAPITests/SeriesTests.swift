import HTTPTypes
import JSON
import MetricModel
import NIOCore
import StorageAPI
import TestKit
import Testing
import WebServer

@testable import QueryAPI

@Suite struct SeriesTests {
    @Test func listsSeries() async throws {
        let answer = try await TestServer().get(
            "/api/v1/series?match%5B%5D=requests_total&match%5B%5D=%7Bcode%3D%22200%22%7D")
        #expect(
            answer.text
                == #"{"status":"success","data":[{"__name__":"requests_total","code":"200","job":"web"},{"__name__":"requests_total","code":"500","job":"web"}]}"#
        )
    }

    @Test func listsLabelsAndValues() async throws {
        let server = try TestServer()
        #expect(
            try await server.get("/api/v1/labels").text
                == #"{"status":"success","data":["__name__","code","i","job"]}"#)
        #expect(
            try await server.get("/api/v1/labels?match%5B%5D=odd").text
                == #"{"status":"success","data":["__name__","i"]}"#)
        #expect(
            try await server.get("/api/v1/label/code/values").text
                == #"{"status":"success","data":["200","500"]}"#)
        #expect(try await server.get("/api/v1/label/U___5f__5f_name_5f__5f_/values").status == 200)
        let limited = try await server.get("/api/v1/label/__name__/values?limit=1")
        #expect(
            limited.text
                == #"{"status":"success","data":["gone"],"warnings":["results truncated due to limit"]}"#)
    }

    @Test func federatesTheNewestSamples() async throws {
        let server = try TestServer()
        let answer = try await server.client.send(
            .get, "/federate?match%5B%5D=%7B__name__%3D~%22requests_total%7Cgone%22%7D")
        #expect(answer.status == .ok)
        #expect(
            answer.text == """
                # TYPE requests_total untyped
                requests_total{code="200",job="web",instance=""} 1000 1000000
                requests_total{code="500",job="web",instance=""} 100 1000000

                """)
    }
}

@Suite struct SyntaxTests {
    @Test func laysExpressionsOut() async throws {
        let answer = try await TestServer().get("/api/v1/format_query?query=sum(rate(up%5B5m%5D))by(job)")
        #expect(answer.text == #"{"status":"success","data":"sum by (job) (rate(up[5m]))"}"#)
        #expect(try await TestServer().get("/api/v1/format_query?query=sum(").status == 400)
    }

    @Test func showsTheTree() async throws {
        let answer = try await TestServer().get("/api/v1/parse_query?query=-up")
        #expect(answer.json["data"]?["type"]?.string == "unaryExpr")
        #expect(answer.json["data"]?["expr"]?["name"]?.string == "up")
    }

    @Test func expressionsWithoutSelectorsHaveNoExemplars() async throws {
        let server = try TestServer()
        #expect(try await server.get("/api/v1/query_exemplars?query=1").status == 204)
        #expect(
            try await server.get("/api/v1/query_exemplars?query=up").text
                == #"{"status":"success","data":[]}"#)
    }

    @Test func showsExemplars() async throws {
        struct Exemplars: ExemplarQueryable {
            func exemplars(
                _ selectors: [[LabelMatcher]], from start: Timestamp, through end: Timestamp
            ) throws(StorageError) -> [SeriesExemplars] {
                guard selectors.map(\.count) == [2, 1], start == 1500, end == 9_000_000 else { return [] }
                let exemplar = Exemplar(labels: Labels([("trace_id", "x\"y")]), value: 0.5, timestamp: 1501)
                return [
                    SeriesExemplars(
                        seriesLabels: Labels([("__name__", "a_bucket"), ("le", "1")]),
                        exemplars: [exemplar, Exemplar(labels: .empty, value: .infinity, timestamp: 2000)])
                ]
            }
        }
        let server = try TestServer { $0.exemplars = Exemplars() }
        let path = "/api/v1/query_exemplars?query=rate(a_bucket%7Ble=%221%22%7D%5B5m%5D)%2Bb"
        #expect(
            try await server.get(path + "&start=1.5&end=9000").text
                == #"{"status":"success","data":[{"seriesLabels":{"__name__":"a_bucket","le":"1"},"exemplars":[{"labels":{"trace_id":"x\"y"},"value":"0.5","timestamp":1.501},{"labels":{},"value":"+Inf","timestamp":2}]}]}"#
        )
        #expect(try await server.get(path + "&start=2&end=1").status == 400)
    }

    @Test func methodsThatAPathDoesNotTakeAreNamed() async throws {
        let answer = try await TestServer().client.send(.delete, "/api/v1/query")
        #expect(answer.status == .methodNotAllowed)
        #expect(answer.headers[.allow] == "GET, POST, OPTIONS")
        #expect(try await TestServer().client.send(.options, "/api/v1/query").status == .noContent)
        #expect(try await TestServer().client.send(.get, "/api/v1/nothing").status == .notFound)
    }

    @Test func tooLargeAnswersAreRefused() async throws {
        let server = try TestServer { $0.limits.answerBytesMax = 1000 }
        let answer = try await server.get("/api/v1/query_range?query=requests_total&start=0&end=1000&step=1")
        #expect(answer.status == 422)
        #expect(answer.json["error"]?.string?.contains("larger than 1000 bytes") == true)
    }

    @Test func tooLargeFormsAreRefused() async throws {
        let server = try TestServer { $0.limits.formBytesMax = 1000 }
        let answer = try await server.client.post(
            "/api/v1/query", form: "query=" + String(repeating: "1", count: 1000))
        #expect(answer.status == .contentTooLarge)
        #expect(answer.text.contains(#""errorType":"bad_data""#))
        let bad = try await server.client.post("/api/v1/query", form: "query=%zz")
        #expect(bad.status == .badRequest)
    }
}

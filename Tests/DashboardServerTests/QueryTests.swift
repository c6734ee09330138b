import Dashboards
import HTTPTypes
import JSON
import NIOCore
import Synchronization
import Testing

@testable import DashboardServer

@Suite struct QueryTests {
    /// Keeps what the built-in data source was asked.
    final class Recorder: Sendable {
        let requests = Mutex<[String]>([])
    }

    private func site(answer: String, status: Int = 200, recorder: Recorder = Recorder()) async throws -> Site
    {
        try await Site(builtIn: { request in
            recorder.requests.withLock {
                $0.append(request.path + "?" + String(buffer: request.body))
            }
            return DataSourceResponse(
                status: .init(code: status), headers: [.contentType: "application/json"],
                body: ByteBuffer(string: answer))
        })
    }

    @Test func answersARangeQueryInFrames() async throws {
        let recorder = Recorder()
        let site = try await site(
            answer:
                #"{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"__name__":"up","job":"a b"},"values":[[1700000000,"1"],[1700000015.5,"NaN"],[1700000030,"+Inf"]]}]}}"#,
            recorder: recorder)
        let answer = try await site.send(
            .post, "/api/ds/query",
            [
                "from": "1700000000000", "to": "1700000300000",
                "queries": [
                    [
                        "refId": "A", "datasource": ["type": "prometheus", "uid": "martlet"],
                        "expr": "rate(up[$__rate_interval])", "legendFormat": "{{job}} x", "range": true,
                        "intervalMs": 15000, "maxDataPoints": 1000,
                    ]
                ],
            ])
        #expect(answer.status == 200)
        let frame = try #require(answer.json["results"]?["A"]?["frames"]?[0])
        #expect(
            frame["data"]?.text()
                == #"{"values":[[1700000000000,1700000015500,1700000030000],[1,null,null]],"entities":[null,{"NaN":[1],"Inf":[2],"NegInf":[]}]}"#
        )
        let field = frame["schema"]?["fields"]?[1]
        #expect(field?["config"]?["displayNameFromDS"]?.string == "a b x")
        #expect(field?["labels"]?["job"]?.string == "a b")
        #expect(frame["schema"]?["fields"]?[0]?["config"]?["interval"]?.int == 15000)
        #expect(frame["schema"]?["meta"]?["executedQueryString"]?.string == "Expr: rate(up[1m])\nStep: 15s")
        #expect(
            recorder.requests.withLock { $0 } == [
                "/api/v1/query_range?query=rate%28up%5B1m%5D%29&start=1699999995&end=1700000295&step=15"
            ])
    }

    @Test func saysWhatFailedAndKeepsTheRest() async throws {
        let site = try await site(
            answer: #"{"status":"error","errorType":"bad_data","error":"parse error"}"#, status: 400)
        let answer = try await site.send(
            .post, "/api/ds/query",
            [
                "from": "now-1h", "to": "now",
                "queries": [
                    ["refId": "A", "expr": "up{"],
                    ["refId": "B", "expr": "up", "datasource": ["uid": "nowhere"]],
                ],
            ])
        #expect(answer.status == 400)
        #expect(answer.json["results"]?["A"]?["error"]?.string == "bad_data: parse error")
        #expect(answer.json["results"]?["A"]?["errorSource"]?.string == "downstream")
        #expect(answer.json["results"]?["B"]?["error"]?.string == "data source nowhere was not found")
    }

    @Test func checksHealth() async throws {
        let good = try await Site()
        let health = try await good.send(.get, "/api/datasources/uid/martlet/health")
        #expect(health.status == 200)
        #expect(health.json["message"]?.string == "Successfully queried the Prometheus API.")
        let bad = try await site(answer: "<html>")
        #expect(try await bad.send(.get, "/api/datasources/uid/martlet/health").status == 400)
    }

    @Test func passesThroughReadsOnly() async throws {
        let recorder = Recorder()
        let site = try await site(answer: #"{"status":"success","data":[]}"#, recorder: recorder)
        let path = "/api/datasources/uid/martlet/resources/api/v1/label/job/values?match[]=up"
        #expect(try await site.send(.get, path).status == 200)
        #expect(recorder.requests.withLock { $0 } == ["/api/v1/label/job/values?match[]=up?"])
        #expect(
            try await site.send(
                .post, "/api/datasources/proxy/uid/martlet/api/v1/query", as: "admin",
                headers: [.contentType: "application/x-www-form-urlencoded"]
            ).status == 200)
        #expect(
            try await site.send(.post, "/api/datasources/proxy/uid/martlet/api/v1/admin/tsdb/delete_series")
                .status == 403)
        for path in ["../../x", "a/%2e%2e/b", "a%5cb", "a/..;/b%00"] {
            let answer = try await site.send(.get, "/api/datasources/proxy/uid/martlet/" + path)
            #expect(answer.status == 400, "\(path)")
        }
    }

    @Test(arguments: [
        ("169.254.169.254", true), ("fe80::1", true), ("fd00:ec2::254", true),
        ("::ffff:169.254.169.254", true), ("64:ff9b::a9fe:a9fe", true), ("10.0.0.1", false), ("::1", false),
        ("127.0.0.1", false),
    ])
    func knowsLinkLocalAddresses(address: String, isRefused: Bool) {
        #expect(NetworkAddress.isLinkLocal(address) == isRefused)
    }

    @Test func refusesLinkLocalDataSources() async throws {
        let site = try await Site()
        let added = try await site.send(
            .post, "/api/datasources",
            [
                "name": "cloud", "type": "prometheus", "url": "http://169.254.169.254/latest", "uid": "cloud",
            ])
        #expect(added.status == 200)
        let health = try await site.send(.get, "/api/datasources/uid/cloud/health")
        #expect(health.status == 400)
        #expect(health.json["message"]?.string?.contains("link-local") == true)
    }

    @Test func keepsDataSourcesAndTheirSecrets() async throws {
        let site = try await Site()
        let list = try await site.send(.get, "/api/datasources")
        #expect(list.json[0]?["uid"]?.string == "martlet")
        #expect(list.json[0]?["isDefault"]?.bool == true)
        let added = try await site.send(
            .post, "/api/datasources",
            [
                "name": "Prometheus", "type": "prometheus", "url": "http://prometheus:9090",
                "access": "proxy", "isDefault": true, "basicAuth": true, "basicAuthUser": "u",
                "secureJsonData": ["basicAuthPassword": "s3cr3t"],
            ])
        #expect(added.status == 200)
        #expect(added.json["message"]?.string == "Datasource added")
        let uid = try #require(added.json["datasource"]?["uid"]?.string)
        let one = try await site.send(.get, "/api/datasources/uid/\(uid)")
        #expect(one.json["secureJsonFields"]?["basicAuthPassword"]?.bool == true)
        #expect(!one.text.contains("s3cr3t"))
        #expect(try await site.server.store.secrets(ofDataSource: uid) == ["basicAuthPassword": "s3cr3t"])
        let all = try await site.send(.get, "/api/datasources")
        #expect(all.json.array?.compactMap { $0["name"]?.string } == ["Prometheus", "Prometheus (built-in)"])
        #expect(all.json.array?.map { $0["isDefault"]?.bool } == [true, false])

        let again = try await site.send(
            .post, "/api/datasources",
            [
                "name": "Prometheus", "type": "prometheus", "url": "http://x",
            ])
        #expect(again.status == 409)
        let bad = try await site.send(
            .post, "/api/datasources",
            [
                "name": "F", "type": "prometheus", "url": "file:///etc/passwd",
            ])
        #expect(bad.status == 400)
        #expect(try await site.send(.delete, "/api/datasources/uid/\(uid)").status == 200)
    }
}

import Dashboards
import HTTPTypes
import Hummingbird
import JSON
import WebServer

extension DashboardServer {
    /// A data source in the original's form; secrets are named, never shown.
    static func json(_ source: DataSource, isShort: Bool = false) -> JSONValue {
        var secretFields = JSONObject()
        for name in source.secretNames { secretFields[name] = true }
        var object: JSONObject = [
            "id": .number(Int(source.id)), "uid": .string(source.uid), "orgId": 1,
            "name": .string(source.name), "type": .string(source.type),
            "typeName": source.type == "prometheus" ? "Prometheus" : .string(source.type),
            "typeLogoUrl": "", "access": .string(source.access), "url": .string(source.url),
            "user": .string(source.user), "database": .string(source.database),
            "basicAuth": .bool(source.basicAuth), "isDefault": .bool(source.isDefault),
            "jsonData": .object(source.settings), "readOnly": .bool(source.isReadOnly),
        ]
        if !isShort {
            object["basicAuthUser"] = .string(source.basicAuthUser)
            object["withCredentials"] = .bool(source.withCredentials)
            object["secureJsonFields"] = .object(secretFields)
            object["version"] = .number(Int(source.version))
            object["accessControl"] = nil
        }
        return .object(object)
    }

    @Sendable func listDataSources(_ call: Call) async throws -> Response {
        .json(.array(try await store.dataSources().map { DashboardServer.json($0, isShort: true) }))
    }

    // MARK: - One by uid, id or name

    private func find(uid: String) async throws -> DataSource {
        guard let source = try await store.dataSource(uid: uid) else {
            throw APIError(.notFound, "Data source not found")
        }
        return source
    }

    private func find(_ matches: (DataSource) -> Bool) async throws -> DataSource {
        guard let source = try await store.dataSources().first(where: matches) else {
            throw APIError(.notFound, "Data source not found")
        }
        return source
    }

    @Sendable func dataSourceByUID(_ call: Call) async throws -> Response {
        .json(DashboardServer.json(try await find(uid: try call.parameter("uid"))))
    }

    @Sendable func dataSourceByID(_ call: Call) async throws -> Response {
        let id = try call.number("id")
        return .json(DashboardServer.json(try await find { $0.id == id }))
    }

    @Sendable func dataSourceByName(_ call: Call) async throws -> Response {
        let name = try call.parameter("name")
        return .json(DashboardServer.json(try await find { $0.name == name }))
    }

    @Sendable func dataSourceID(_ call: Call) async throws -> Response {
        let name = try call.parameter("name")
        return .json(["id": .number(Int(try await find { $0.name == name }.id))])
    }

    // MARK: - Changes

    @Sendable func addDataSource(_ call: Call) async throws -> Response {
        let body = try await call.json()
        var source = DataSource(uid: body.text("uid") ?? "", name: "", type: "", url: "")
        let secrets = DashboardServer.apply(body, to: &source)
        let added = try await store.addDataSource(source, secrets: secrets)
        return .json([
            "id": .number(Int(added.id)), "uid": .string(added.uid), "name": .string(added.name),
            "message": "Datasource added", "datasource": DashboardServer.json(added),
        ])
    }

    @Sendable func updateDataSourceByUID(_ call: Call) async throws -> Response {
        try await update(try await find(uid: try call.parameter("uid")), call)
    }

    @Sendable func updateDataSourceByID(_ call: Call) async throws -> Response {
        let id = try call.number("id")
        return try await update(try await find { $0.id == id }, call)
    }

    private func update(_ old: DataSource, _ call: Call) async throws -> Response {
        guard !old.isReadOnly else {
            throw APIError(.forbidden, "Cannot update read-only data source")
        }
        let body = try await call.json()
        var source = old
        let secrets = DashboardServer.apply(body, to: &source)
        let updated = try await store.updateDataSource(
            source, secrets: secrets, version: body.whole("version").map { Int64($0) })
        return .json([
            "id": .number(Int(updated.id)), "uid": .string(updated.uid),
            "name": .string(updated.name), "message": "Datasource updated",
            "datasource": DashboardServer.json(updated),
        ])
    }

    /// Takes over what a client sent; returns the secrets.
    private static func apply(_ body: JSONObject, to source: inout DataSource) -> [String: String] {
        source.name = body.text("name") ?? source.name
        source.type = body.text("type") ?? source.type
        source.access = body.text("access") ?? source.access
        source.url = body.text("url") ?? source.url
        source.user = body.text("user") ?? source.user
        source.database = body.text("database") ?? source.database
        source.basicAuth = body.flag("basicAuth") ?? source.basicAuth
        source.basicAuthUser = body.text("basicAuthUser") ?? source.basicAuthUser
        source.withCredentials = body.flag("withCredentials") ?? source.withCredentials
        source.isDefault = body.flag("isDefault") ?? source.isDefault
        source.settings = body.object("jsonData") ?? source.settings
        var secrets: [String: String] = [:]
        for (name, value) in body.object("secureJsonData")?.members ?? [] {
            if let text = value.string { secrets[name] = text }
        }
        return secrets
    }

    @Sendable func deleteDataSourceByUID(_ call: Call) async throws -> Response {
        try await delete(try await find(uid: try call.parameter("uid")))
    }

    @Sendable func deleteDataSourceByID(_ call: Call) async throws -> Response {
        let id = try call.number("id")
        return try await delete(try await find { $0.id == id })
    }

    @Sendable func deleteDataSourceByName(_ call: Call) async throws -> Response {
        let name = try call.parameter("name")
        return try await delete(try await find { $0.name == name })
    }

    private func delete(_ source: DataSource) async throws -> Response {
        guard !source.isReadOnly else {
            throw APIError(.forbidden, "Cannot delete read-only data source")
        }
        try await store.deleteDataSource(uid: source.uid)
        return .json(["message": "Data source deleted", "id": .number(Int(source.id))])
    }

    // MARK: - Use

    @Sendable func dataSourceHealth(_ call: Call) async throws -> Response {
        let source = try await find(uid: try call.parameter("uid"))
        do {
            try await checkHealth(of: source)
            return .json([
                "status": "OK", "message": "Successfully queried the Prometheus API.", "details": [:],
            ])
        } catch {
            let message = (error as? DataSourceFailure)?.message ?? "\(error)"
            return .json(
                ["status": "ERROR", "message": .string(message), "details": [:]], status: .badRequest)
        }
    }

    private func checkHealth(of source: DataSource) async throws {
        guard source.type == "prometheus" else {
            throw DataSourceFailure("data sources of type \(source.type) cannot be queried here")
        }
        let response = try await dataSources.send(
            DataSourceRequest(
                method: .get, path: "/api/v1/query?query=1%2B1", headers: [.accept: "application/json"]),
            to: source)
        guard response.status.code < 300 else {
            throw DataSourceFailure("the data source answered \(response.status)")
        }
        let answer = try PrometheusAnswer(Array(buffer: response.body))
        guard answer.resultType == .scalar || answer.resultType == .vector else {
            throw DataSourceFailure("the data source did not answer like Prometheus")
        }
    }

    @Sendable func proxyByUID(_ call: Call) async throws -> Response {
        try await forward(call, to: try await find(uid: try call.parameter("uid")))
    }

    @Sendable func proxyByID(_ call: Call) async throws -> Response {
        let id = try call.number("id")
        return try await forward(call, to: try await find { $0.id == id })
    }

    private func forward(_ call: Call, to source: DataSource) async throws -> Response {
        let segments = call.context.parameters.getCatchAll()
        guard let path = ProxyPath.join(segments) else {
            throw APIError(.badRequest, "bad request data: the path is not allowed")
        }
        // Only the reading part of the API: a viewer must not delete series through an administrator's
        // data source.
        guard call.request.method == .get || ProxyPath.isReadOnly(path) else {
            throw APIError(.forbidden, "only queries may be posted through the proxy")
        }
        let query = call.request.uri.query.map { "?" + $0 } ?? ""
        var headers = HTTPFields()
        for name in [HTTPField.Name.accept, .contentType] {
            headers[name] = call.request.headers[name]
        }
        let body = try await call.request.body.collect(upTo: 4 << 20)
        do {
            let response = try await dataSources.send(
                DataSourceRequest(
                    method: call.request.method, path: path + query, headers: headers, body: body),
                to: source)
            var answer = HTTPFields()
            answer[.contentType] = response.headers[.contentType] ?? "application/json"
            // A data source's page must not run in our origin.
            answer[.contentSecurityPolicy] = "sandbox"
            return Response(
                status: response.status, headers: answer, body: ResponseBody(byteBuffer: response.body))
        } catch let error as DataSourceFailure {
            throw APIError(.badGateway, error.message)
        }
    }
}

import Dashboards
import HTTPTypes
import Hummingbird
import JSON
import NIOCore
import WebServer

// What clients ask for although there is little to tell: plug-ins, rules.
extension DashboardServer {
    @Sendable func plugins(_ call: Call) async throws -> Response {
        let panels = [
            "timeseries", "stat", "gauge", "bargauge", "table", "text", "piechart", "heatmap",
            "state-timeline",
            "status-history", "barchart", "histogram", "dashlist", "alertlist",
        ]
        let all = [("prometheus", "datasource")] + panels.map { ($0, "panel") }
        let wanted = call.query["type"]
        return .json(
            .array(
                all.filter { wanted == nil || $0.1 == wanted }.map { id, type in
                    [
                        "id": .string(id), "name": .string(id), "type": .string(type), "enabled": true,
                        "pinned": false,
                        "info": ["version": ""], "hasUpdate": false, "signature": "internal", "state": "",
                    ]
                }))
    }

    /// The rules of a data source, in Prometheus' form.
    @Sendable func rules(_ call: Call) async throws -> Response {
        guard let source = try await store.dataSource(uid: try call.parameter("uid")) else {
            throw APIError(.notFound, "Data source not found")
        }
        do {
            let response = try await dataSources.send(
                DataSourceRequest(
                    method: .get, path: "/api/v1/rules", headers: [.accept: "application/json"]),
                to: source)
            return .bytes(response.body, type: "application/json", status: response.status)
        } catch let error as DataSourceFailure {
            throw APIError(.badGateway, error.message)
        }
    }
}

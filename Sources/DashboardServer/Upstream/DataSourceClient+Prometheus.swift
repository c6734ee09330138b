import Dashboards
import HTTPTypes
import JSON
import NIOCore

extension DataSourceClient {
    /// Asks a data source in Prometheus' language: panels and alert rules alike.
    ///
    /// - Parameter to: the time of an instant query, milliseconds since 1970.
    /// - Throws: ``DataSourceFailure``, `DashboardsError` for what the data source refused,
    ///   `CancellationError`.
    func ask(
        _ source: DataSource, _ expression: String, isInstant: Bool, step: QueryStep, to: Int64
    ) async throws -> PrometheusAnswer {
        func seconds(_ milliseconds: Int64) -> String { JSONValue.number(Double(milliseconds) / 1000).text() }
        var form = "query=" + PercentText.encode(expression)
        if isInstant {
            form += "&time=" + seconds(to)
        } else {
            form += "&start=\(seconds(step.start))&end=\(seconds(step.end))&step=\(seconds(step.step))"
        }
        if let timeout = source.settings.text("queryTimeout"), !timeout.isEmpty {
            form += "&timeout=" + PercentText.encode(timeout)
        }
        if let custom = source.settings.text("customQueryParameters"), !custom.isEmpty {
            form += "&" + custom
        }
        let path = isInstant ? "/api/v1/query" : "/api/v1/query_range"
        let usesGet = source.settings.text("httpMethod")?.uppercased() == "GET"
        let response = try await send(
            DataSourceRequest(
                method: usesGet ? .get : .post, path: usesGet ? "\(path)?\(form)" : path,
                headers: usesGet
                    ? [.accept: "application/json"]
                    : [.accept: "application/json", .contentType: "application/x-www-form-urlencoded"],
                body: usesGet ? ByteBuffer() : ByteBuffer(string: form)),
            to: source)
        if response.status.code >= 300, response.headers[.contentType]?.contains("json") != true {
            throw DataSourceFailure("the data source answered \(response.status)")
        }
        return try PrometheusAnswer(Array(buffer: response.body))
    }
}

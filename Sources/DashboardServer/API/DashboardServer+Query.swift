import Dashboards
import HTTPTypes
import Hummingbird
import JSON
import NIOCore
import WebServer

extension DashboardServer {
    /// The most queries of one request.
    private static let queriesMax = 200

    @Sendable func queryDataSources(_ call: Call) async throws -> Response {
        let body = try await call.json(limit: 4 << 20)
        let items = body.list("queries")
        guard !items.isEmpty else { throw APIError(.badRequest, "no queries found") }
        guard items.count <= DashboardServer.queriesMax else {
            throw APIError(
                .badRequest, "bad request data: at most \(DashboardServer.queriesMax) queries at once")
        }
        let now = store.now
        let from = try TimeText.parse(
            body.text("from") ?? body["from"]?.double.map { "\($0)" } ?? "now-6h", now: now, isEnd: false)
        let to = try TimeText.parse(
            body.text("to") ?? body["to"]?.double.map { "\($0)" } ?? "now", now: now, isEnd: true)
        guard from <= to else { throw APIError(.badRequest, "invalid time range: from is after to") }
        let queries = try items.map { try PanelQuery($0) }.filter { !$0.isHidden }
        let sources = try await store.dataSources()
        let tables = queries.count { $0.format == .table }
        let results = try await withThrowingTaskGroup(of: (Int, [QueryResult]).self) { group in
            for (index, query) in queries.enumerated() {
                group.addTask { [self] in
                    (
                        index,
                        try await run(query, from: from, to: to, sources: sources, isOnlyTable: tables <= 1)
                    )
                }
            }
            var collected = [[QueryResult]](repeating: [], count: queries.count)
            for try await (index, result) in group { collected[index] = result }
            return collected.flatMap { $0 }
        }
        var output = Array("{\"results\":{".utf8)
        output.reserveCapacity(results.reduce(64) { $0 + $1.json.count })
        for (index, result) in results.enumerated() {
            if index > 0 { output.append(UInt8(ascii: ",")) }
            output.append(contentsOf: result.json)
        }
        output.append(contentsOf: "}}".utf8)
        let failed = results.contains { $0.isFailure }
        return .json(output, status: failed ? .badRequest : .ok)
    }

    private struct QueryResult: Sendable {
        let json: [UInt8]
        let isFailure: Bool
    }

    /// One query: a range, an instant, or both under two names.
    private func run(
        _ query: PanelQuery, from: Int64, to: Int64, sources: [DataSource], isOnlyTable: Bool
    ) async throws -> [QueryResult] {
        func failure(_ message: String, status: Int = 400, isDownstream: Bool = false) -> [QueryResult] {
            var json: [UInt8] = []
            FrameWriter.writeError(
                message, refID: query.refID, status: status, isDownstream: isDownstream, to: &json)
            return [QueryResult(json: json, isFailure: true)]
        }
        let source: DataSource
        switch DataSourceTable(sources).find(query.dataSource) {
        case .found(let found): source = found
        case .missing(let name): return failure("data source \(name) was not found", status: 404)
        }
        guard source.type == "prometheus" else {
            return failure("data sources of type \(source.type) cannot be queried here")
        }
        guard !query.expression.isEmpty else { return failure("the query is empty") }
        let step = QueryStep(query, from: from, to: to, sourceInterval: source.timeInterval)
        let expression = QueryMacros.expand(query.expression, step: step, range: to - from)
        var results: [QueryResult] = []
        for isInstant in [false, true] where isInstant ? query.isInstant : query.isRange {
            let refID = isInstant && query.isRange ? query.refID + "-Instant" : query.refID
            do {
                let answer = try await dataSources.ask(
                    source, expression, isInstant: isInstant, step: step, to: to)
                var json: [UInt8] = []
                FrameWriter.write(
                    answer, query: query, refID: refID, expression: expression, step: step.step,
                    isOnlyTable: isOnlyTable, to: &json)
                results.append(QueryResult(json: json, isFailure: false))
            } catch let error as DashboardsError {
                return failure(error.message, isDownstream: true)
            } catch let error as DataSourceFailure {
                return failure(error.message, status: 502, isDownstream: true)
            }
        }
        return results
    }
}

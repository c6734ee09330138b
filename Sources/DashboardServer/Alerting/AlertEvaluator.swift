import Dashboards
import JSON

/// Asks data sources what a rule wants to know.
struct AlertEvaluator: Sendable {
    let store: DashboardStore
    let dataSources: DataSourceClient
    /// Answers of this many queries of a rule are in memory as text at once.
    private static let queriesAtOnce = 4
    /// Milliseconds.
    let timeout: Int64

    /// - Parameters:
    ///   - time: of the evaluation, milliseconds since 1970.
    ///   - alerting: labels of the results that alert already.
    /// - Throws: `CancellationError`.
    func evaluate(
        _ rule: AlertRule, at time: Int64, alerting: Set<[String: String]>
    ) async throws -> AlertRuleState.Finding {
        try await withThrowingTaskGroup(of: AlertRuleState.Finding.self) { group in
            group.addTask {
                do {
                    return .outcome(try await outcome(of: rule, at: time, alerting: alerting))
                } catch let error as DashboardsError {
                    return .error(error.message)
                } catch let error as DataSourceFailure {
                    return .error(error.message)
                }
            }
            group.addTask {
                try await Task.sleep(for: .milliseconds(timeout))
                return .error("the evaluation did not end within \(timeout / 1000) s")
            }
            defer { group.cancelAll() }
            guard let first = try await group.next() else { throw CancellationError() }
            return first
        }
    }

    private func outcome(
        of rule: AlertRule, at time: Int64, alerting: Set<[String: String]>
    ) async throws -> AlertPipeline.Outcome {
        let pipeline = try AlertPipeline(rule)
        let table = DataSourceTable(try await store.dataSources())
        let answers = try await withThrowingTaskGroup(of: (String, ExpressionValue).self) { group in
            var answers: [String: ExpressionValue] = [:]
            for (index, query) in pipeline.queries.enumerated() {
                if index >= AlertEvaluator.queriesAtOnce, let (refID, value) = try await group.next() {
                    answers[refID] = value
                }
                group.addTask { (query.refID, try await ask(query, table, at: time)) }
            }
            for try await (refID, value) in group { answers[refID] = value }
            return answers
        }
        return try pipeline.evaluate(answers, at: time, alerting: alerting)
    }

    private func ask(
        _ query: AlertRule.Query, _ table: DataSourceTable, at time: Int64
    ) async throws -> ExpressionValue {
        func failure(_ text: String) -> DashboardsError {
            DashboardsError(.invalidInput, "query \(query.refID): \(text)")
        }
        let source: DataSource
        switch table.find(DataSourceReference(type: nil, uid: query.dataSource)) {
        case .found(let found): source = found
        case .missing(let name): throw failure("data source \(name) was not found")
        }
        guard source.type == "prometheus" else {
            throw failure("data sources of type \(source.type) cannot be queried here")
        }
        var model = query.model
        model["refId"] = .string(query.refID)
        // What the original's form for rules leaves in them.
        model.setDefault("intervalMs", 1000)
        model.setDefault("maxDataPoints", 43_200)
        let panel = try PanelQuery(.object(model))
        guard !panel.expression.isEmpty else { throw failure("the query is empty") }
        let (from, to) = (time - Int64(query.from) * 1000, time - Int64(query.to) * 1000)
        let step = QueryStep(panel, from: from, to: to, sourceInterval: source.timeInterval)
        let expression = QueryMacros.expand(panel.expression, step: step, range: to - from)
        let isInstant = panel.isInstant && !panel.isRange
        do {
            return try await dataSources.ask(source, expression, isInstant: isInstant, step: step, to: to)
                .expressionValue()
        } catch let error as DashboardsError {
            throw failure(error.message)
        } catch let error as DataSourceFailure {
            throw failure(error.message)
        }
    }
}

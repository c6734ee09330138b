import JSON
import PromQLEngine
import QueryAPI

/// A plan with what the query cost, and its text.
struct ExplainReport {
    var plan: PlanNode
    /// Series or elements of the answer.
    var resultCount: Int
    /// Seconds: preparation, evaluation, order.
    var times: [Double]

    init(plan: PlanNode, answer: QueryAnswer) {
        self.plan = plan
        times = [
            answer.statistics.prepareSeconds, answer.statistics.evaluateSeconds,
            answer.statistics.sortSeconds,
        ]
        switch answer.value {
        case .scalar, .string: resultCount = 1
        case .vector(let elements): resultCount = elements.count
        case .matrix(let series): resultCount = series.count
        }
    }

    /// Nil when the answer of a server has another form.
    init?(_ data: JSONValue) {
        guard let plan = data["plan"].flatMap(PlanNode.init(json:)) else { return nil }
        self.plan = plan
        resultCount = data["resultCount"]?.int ?? 0
        times = ["prepareSeconds", "evaluateSeconds", "sortSeconds"].map { data[$0]?.double ?? 0 }
    }

    var json: JSONValue {
        [
            "plan": plan.json, "resultCount": .number(resultCount), "prepareSeconds": .number(times[0]),
            "evaluateSeconds": .number(times[1]), "sortSeconds": .number(times[2]),
        ]
    }

    /// A line a node, what is below it indented.
    var tree: String {
        var rows: [[String]] = []
        func visit(_ node: PlanNode, _ depth: Int) {
            rows.append([
                String(repeating: "  ", count: depth) + node.title, node.seriesCount.map { "\($0)" } ?? "",
                "\(node.samplesRead)",
                "\(node.rowCount)", "\(node.stepCount)", ExplainReport.milliseconds(node.seconds),
            ])
            for child in node.children { visit(child, depth + 1) }
        }
        visit(plan, 0)
        let table = TextTable(
            ["node", "series", "samples", "rows", "steps", "ms"], rows,
            alignsRight: [false, true, true, true, true, true])
        return table.text
            + "result: \(resultCount) series; prepare \(ExplainReport.milliseconds(times[0])) ms, evaluate \(ExplainReport.milliseconds(times[1])) ms, sort \(ExplainReport.milliseconds(times[2])) ms\n"
    }

    private static func milliseconds(_ seconds: Double) -> String {
        let micro = Int((max(min(seconds, 1e9), 0) * 1e6).rounded())
        return "\(micro / 1000).\(String(micro % 1000 + 1000).dropFirst())"
    }
}

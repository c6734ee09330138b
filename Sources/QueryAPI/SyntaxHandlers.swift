import JSON
import MetricModel
import PromQLSyntax
import WebServer

/// What can be said of an expression without evaluating it.
enum SyntaxHandlers {
    static func format(_ call: APICall) throws(APIError) -> APIAnswer {
        let expression = try QueryHandlers.parse(call.form["query"] ?? "", call)
        return try call.success { json throws(APIError) in json.string(expression.formatted) }
    }

    static func tree(_ call: APICall) throws(APIError) -> APIAnswer {
        let expression = try QueryHandlers.parse(call.form["query"] ?? "", call)
        return try call.success { json throws(APIError) in json.json(expression.json.bytes()) }
    }

    /// There is no store of exemplars yet: an expression with selectors has none.
    static func exemplars(_ call: APICall) throws(APIError) -> APIAnswer {
        let start = try call.form.time("start", default: FormValues.minTime)
        let end = try call.form.time("end", default: FormValues.maxTime)
        guard end >= start else { throw APIError(.badData, "end timestamp must not be before start timestamp") }
        let expression: Expression
        do {
            expression = try Expression.parse(call.form["query"] ?? "", options: call.services.parserOptions)
        } catch {
            throw APIError(.badData, error.description)
        }
        if expression.selectors.isEmpty { return .nothing }
        return try call.success { json throws(APIError) in json.strings([]) }
    }
}

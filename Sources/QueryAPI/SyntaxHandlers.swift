import MetricModel
import PromQLSyntax
import WebServer

/// What can be said of an expression without evaluating it.
enum SyntaxHandlers {
    /// There is no store of exemplars yet: an expression with selectors has none.
    static func exemplars(_ call: APICall) throws(APIError) -> APIAnswer {
        let start = try call.form.time("start", default: FormValues.minTime)
        let end = try call.form.time("end", default: FormValues.maxTime)
        guard end >= start else { throw APIError(.badData, "end timestamp must not be before start timestamp") }
        do {
            _ = try Expression.parse(call.form["query"] ?? "", options: call.services.parserOptions)
        } catch {
            throw APIError(.badData, error.description)
        }
        return try call.success { json throws(APIError) in json.strings([]) }
    }
}

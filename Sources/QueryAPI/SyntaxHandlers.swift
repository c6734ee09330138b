import JSON
import MetricModel
import PromQLSyntax
import StorageAPI
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

    /// The exemplars of all series that a selector of the expression names.
    static func exemplars(_ call: APICall) throws(APIError) -> APIAnswer {
        let start = try call.form.time("start", default: FormValues.minTime)
        let end = try call.form.time("end", default: FormValues.maxTime)
        guard end >= start else {
            throw APIError(.badData, "end timestamp must not be before start timestamp")
        }
        let expression: Expression
        do {
            expression = try Expression.parse(call.form["query"] ?? "", options: call.services.parserOptions)
        } catch {
            throw APIError(.badData, error.description)
        }
        if expression.selectors.isEmpty { return .nothing }
        let found: [SeriesExemplars]
        do throws(StorageError) {
            found =
                try call.services.exemplars?.exemplars(
                    expression.selectors.map(\.matchers), from: start, through: end) ?? []
        } catch {
            throw APIError(error)
        }
        return try call.success { json throws(APIError) in
            try json.array { json throws(APIError) in
                for series in found { try write(series, to: &json) }
            }
        }
    }

    private static func write(_ series: SeriesExemplars, to json: inout AnswerWriter) throws(APIError) {
        json.element()
        try json.object { json throws(APIError) in
            json.member("seriesLabels")
            json.labels(series.seriesLabels)
            json.member("exemplars")
            try json.array { json throws(APIError) in
                for exemplar in series.exemplars {
                    json.element()
                    json.object { json in
                        json.member("labels")
                        json.labels(exemplar.labels)
                        json.member("value")
                        json.string(FloatText.string(exemplar.value, style: .json))
                        json.member("timestamp")
                        json.seconds(exemplar.timestamp)
                    }
                    try json.checkSize()
                }
            }
        }
    }
}

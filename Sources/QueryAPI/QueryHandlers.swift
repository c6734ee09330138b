import JSON
import MetricModel
import NIOCore
import Platform
import PromQLEngine
import PromQLSyntax
import WebServer

/// `query` and `query_range`.
enum QueryHandlers {
    static func instant(_ call: APICall) throws(APIError) -> APIAnswer {
        let limit = try call.form.limit()
        return try write(try evaluate(try instantQuery(call), call), limit, call)
    }

    static func range(_ call: APICall) throws(APIError) -> APIAnswer {
        let limit = try call.form.limit()
        return try write(try evaluate(try rangeQuery(call), call), limit, call)
    }

    /// ``instant(_:)`` for a small query; nil for others.
    static func smallInstant(_ call: APICall) throws(APIError) -> APIAnswer? {
        try small(call, instantQuery)
    }

    /// ``range(_:)`` for a small query; nil for others.
    static func smallRange(_ call: APICall) throws(APIError) -> APIAnswer? {
        try small(call, rangeQuery)
    }

    private static func small(_ call: APICall, _ read: (APICall, Bool) throws(APIError) -> Query)
        throws(APIError) -> APIAnswer?
    {
        let text = call.form["query"] ?? ""
        guard SmallQuery.mayBe(text) else { return nil }
        let limit = try call.form.limit()
        let query: Query
        do {
            query = try read(call, false)
        } catch {
            // Perhaps of a pattern that is not known: the ordinary way compiles it.
            if text.utf8.contains(UInt8(ascii: "~")) { return nil }
            throw error
        }
        guard let evaluated = try evaluateSmall(query, call) else { return nil }
        return try write(evaluated, limit, call, isSmall: true)
    }

    /// Ours alone: evaluates the query and tells the plan instead of the result. With `start`, a range query.
    static func explain(_ call: APICall) throws(APIError) -> APIAnswer {
        let query: Query
        if let start = call.form["start"], !start.isEmpty {
            query = try rangeQuery(call)
        } else {
            query = try instantQuery(call)
        }
        let answer: QueryAnswer
        let plan: PlanNode
        do {
            (answer, plan) = try call.services.engine.explain(
                query, over: call.services.storage, cancellation: call.cancellation, ticket: call.ticket)
        } catch {
            throw APIError(error)
        }
        return try call.success(warnings: answer.warnings, infos: answer.infos) { json throws(APIError) in
            json.object { json in
                json.member("plan")
                json.json(plan.json.bytes())
                json.member("resultCount")
                json.integer(answer.value.seriesCount)
                json.member("prepareSeconds")
                json.number(answer.statistics.prepareSeconds)
                json.member("evaluateSeconds")
                json.number(answer.statistics.evaluateSeconds)
                json.member("sortSeconds")
                json.number(answer.statistics.sortSeconds)
            }
        }
    }

    private static func instantQuery(_ call: APICall, compilesPatterns: Bool = true) throws(APIError) -> Query
    {
        let time = try call.form.time("time", default: call.now)
        return try Options(call).query(call, at: .instant(time), compilesPatterns)
    }

    private static func rangeQuery(_ call: APICall, compilesPatterns: Bool = true) throws(APIError) -> Query {
        let start = try call.form.time("start")
        let end = try call.form.time("end")
        guard end >= start else { throw .parameter("end", "end timestamp must not be before start time") }
        let step = try call.form.duration("step")
        guard step > 0 else {
            throw .parameter(
                "step",
                "zero or negative query resolution step widths are not accepted. Try a positive integer")
        }
        // Times are within 9e15 of zero, so that the difference fits.
        guard (end - start) / step <= call.services.limits.stepsMax else {
            throw APIError(
                .badData,
                "exceeded maximum resolution of \(grouped(call.services.limits.stepsMax)) points per timeseries. Try decreasing the query resolution (?step=XX)"
            )
        }
        let options = try Options(call)
        let query = try options.query(call, at: .range(start: start, end: end, step: step), compilesPatterns)
        let type = query.expression.type
        guard type == .scalar || type == .vector else {
            throw .parameter(
                "query",
                "invalid expression type \"\(type == .matrix ? "range vector" : "string")\" for range query, must be Scalar or instant Vector"
            )
        }
        return query
    }

    /// "11,000".
    private static func grouped(_ number: Int64) -> String {
        let digits = Array(String(number))
        var result = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { result += "," }
            result.append(digit)
        }
        return result
    }

    /// What both have in common.
    private struct Options {
        var lookback: Int64

        init(_ call: APICall) throws(APIError) {
            if let text = call.form["timeout"], !text.isEmpty { _ = try call.form.duration("timeout") }
            lookback = call.services.limits.lookback
            guard let text = call.form["lookback_delta"], !text.isEmpty else { return }
            do {
                let asked = try FormValues.duration(text)
                if asked > 0 { lookback = asked }
            } catch {
                throw APIError(.badData, "error parsing lookback delta duration: \(error.message)")
            }
        }

        func query(_ call: APICall, at times: Query.Times, _ compilesPatterns: Bool) throws(APIError) -> Query
        {
            let text = call.form["query"] ?? ""
            return Query(
                try parse(text, call, compilesPatterns: compilesPatterns), at: times, lookback: lookback,
                text: text)
        }
    }

    static func parse(_ text: String, _ call: APICall, compilesPatterns: Bool = true) throws(APIError)
        -> Expression
    {
        var options = call.services.parserOptions
        options.compilesPatterns = compilesPatterns
        do {
            return try Expression.parse(text, options: options)
        } catch {
            throw .parameter("query", error.description)
        }
    }

    private struct Evaluated {
        var answer: QueryAnswer
        /// With the time that the query waited for a thread.
        var totalSeconds: Double
    }

    private static func evaluate(_ query: Query, _ call: APICall) throws(APIError) -> Evaluated {
        let start = MonotonicTime.nanoseconds()
        call.instruments.queryBegins()
        do {
            let answer = try call.services.engine.evaluate(
                query, over: call.services.storage, cancellation: call.cancellation, origin: call.origin,
                queueSeconds: call.queueSeconds, ticket: call.ticket)
            return ended(answer, start, call)
        } catch {
            call.instruments.queryEnds(nil, queueSeconds: call.queueSeconds)
            throw APIError(error)
        }
    }

    /// Nil for a query that is not small.
    private static func evaluateSmall(_ query: Query, _ call: APICall) throws(APIError) -> Evaluated? {
        let start = MonotonicTime.nanoseconds()
        do {
            guard let answer = try call.services.engine.evaluateSmall(query, over: call.services.storage)
            else {
                return nil
            }
            call.instruments.queryBegins()
            return ended(answer, start, call)
        } catch {
            call.instruments.queryBegins()
            call.instruments.queryEnds(nil, queueSeconds: call.queueSeconds)
            throw APIError(error)
        }
    }

    private static func ended(_ answer: QueryAnswer, _ start: UInt64, _ call: APICall) -> Evaluated {
        call.instruments.queryEnds(answer.statistics, queueSeconds: call.queueSeconds)
        return Evaluated(
            answer: answer,
            totalSeconds: Double(MonotonicTime.nanoseconds() &- start) / 1e9 + call.queueSeconds)
    }

    private static func write(
        _ evaluated: Evaluated, _ limit: Int, _ call: APICall, isSmall: Bool = false
    ) throws(APIError) -> APIAnswer {
        var answer = evaluated.answer
        if limit > 0, answer.value.cut(to: limit) { answer.warnings.append("results truncated due to limit") }
        let statistics = call.form["stats"] ?? ""
        if !statistics.isEmpty, statistics != "true", statistics != "all" {
            answer.warnings.append(
                "value \(LabelText.quoted(statistics)) for parameter \"stats\" is deprecated and will be rejected in the next major release, use \"true\" or \"all\""
            )
        }
        let bytesHeld = answer.value.bytesHeld
        let isLong = !isSmall && bytesHeld > StreamedAnswer.bytesHeldMin
        var place = 0
        let document = try call.document(
            warnings: answer.warnings, infos: answer.infos, memory: isLong ? nil : answer.memory
        ) { json throws(APIError) in
            try json.object { json throws(APIError) in
                try json.members(of: isLong ? answer.value.withoutSeries : answer.value)
                // Before the bracket.
                place = json.buffer.readableBytes - 1
                guard !statistics.isEmpty else { return }
                json.member("stats")
                json.statistics(
                    answer.statistics, queueSeconds: call.queueSeconds, totalSeconds: evaluated.totalSeconds,
                    isPerStep: statistics == "all")
            }
        }
        answer.memory?.endRun(keeping: isLong ? bytesHeld : document.storageCapacity)
        guard isLong else { return .json(document, answer.memory) }
        return .streamed(
            StreamedAnswer(value: answer.value, frame: document, place: place, memory: answer.memory))
    }
}

extension QueryValue {
    /// Series or elements; 1 for scalars and strings.
    var seriesCount: Int {
        switch self {
        case .scalar, .string: 1
        case .vector(let elements): elements.count
        case .matrix(let series): series.count
        }
    }

    /// The same kind of value, empty.
    fileprivate var withoutSeries: QueryValue {
        switch self {
        case .scalar, .string: self
        case .vector: .vector([])
        case .matrix: .matrix([])
        }
    }

    /// Keeps the first `limit` series; tells whether there were more.
    mutating func cut(to limit: Int) -> Bool {
        switch self {
        case .vector(let elements) where elements.count > limit: self = .vector(Array(elements.prefix(limit)))
        case .matrix(let series) where series.count > limit: self = .matrix(Array(series.prefix(limit)))
        default: return false
        }
        return true
    }
}

extension AnswerWriter {
    /// The cost of a query under Prometheus' names; times in seconds.
    ///
    /// - Parameter isPerStep: whether samples are told for each step, too, if the engine counts them.
    mutating func statistics(
        _ statistics: QueryStatistics, queueSeconds: Double, totalSeconds: Double, isPerStep: Bool
    ) {
        object { json in
            json.member("timings")
            json.object { json in
                json.member("evalTotalTime")
                json.number(statistics.prepareSeconds + statistics.evaluateSeconds + statistics.sortSeconds)
                json.member("resultSortTime")
                json.number(statistics.sortSeconds)
                json.member("queryPreparationTime")
                json.number(statistics.prepareSeconds)
                json.member("innerEvalTime")
                json.number(statistics.evaluateSeconds)
                json.member("execQueueTime")
                json.number(queueSeconds)
                json.member("execTotalTime")
                json.number(totalSeconds)
            }
            json.member("samples")
            json.object { json in
                json.member("totalQueryableSamples")
                json.integer(statistics.samples)
                if isPerStep, !statistics.samplesPerStep.isEmpty {
                    json.member("totalQueryableSamplesPerStep")
                    json.array { json in
                        for (time, count) in statistics.samplesPerStep {
                            json.array { json in
                                json.number(Double(time) / 1000)
                                json.integer(count)
                            }
                        }
                    }
                }
                json.member("samplesRead")
                json.integer(statistics.samplesRead)
                json.member("peakSamples")
                json.integer(statistics.peakSamples)
            }
        }
    }
}

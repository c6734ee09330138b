import JSON
import MetricModel
import PromQLSyntax

#if canImport(Glibc)
    import Glibc
#endif

/// The query log (`query_log_file`): a JSON object a line, members as in Prometheus.
final class QueryLogFile: Sendable {
    let path: String
    private let descriptor: Int32

    private init(_ path: String, _ descriptor: Int32) {
        self.path = path
        self.descriptor = descriptor
    }

    /// - Throws: `storage` when the file cannot be opened.
    static func opened(_ path: String) throws(QueryError) -> QueryLogFile {
        let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else {
            throw QueryError(
                .storage, "can't create json log file: open \(path): \(String(cString: strerror(errno)))")
        }
        return QueryLogFile(path, descriptor)
    }

    deinit { close(descriptor) }

    /// Whether the line has been written. One call, so that lines of several processes do not mix.
    func write(_ entry: QueryLogEntry) -> Bool {
        let line = entry.line
        return line.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) } == line.count
    }
}

/// A line of the query log.
struct QueryLogEntry {
    var query: Query
    var origin: QueryOrigin
    /// Nil when the query failed.
    var statistics: QueryStatistics?
    var error: QueryError?
    /// Seconds that it waited, and that it took all in all.
    var queueSeconds: Double
    var totalSeconds: Double
    /// Milliseconds since 1970.
    var now: Timestamp

    var line: [UInt8] {
        let start: Timestamp
        let end: Timestamp
        var step: Int64 = 0
        switch query.times {
        case .instant(let time): (start, end) = (time, time)
        case .range(let first, let last, let interval): (start, end, step) = (first, last, interval / 1000)
        }
        var members: [(String, JSONValue)] = [
            ("time", .string(CalendarDate.precise(now))), ("level", "INFO"), ("msg", "promql query logged"),
            (
                "params",
                [
                    "end": .string(CalendarDate.precise(end)),
                    "query": .string(query.text.isEmpty ? query.expression.description : query.text),
                    "start": .string(CalendarDate.precise(start)), "step": .number(Int(clamping: step)),
                ]
            ),
        ]
        if let error { members.append(("error", .string(error.message))) }
        members.append(("stats", stats))
        // There is no tracing: these are the names of no span.
        members += [("spanID", "0000000000000000"), ("traceID", "00000000000000000000000000000000")]
        switch origin {
        case .unknown: break
        case .request(let clientAddress, let method, let path):
            members.append(
                (
                    "httpRequest",
                    ["clientIP": .string(clientAddress), "method": .string(method), "path": .string(path)]
                ))
        case .rule(let file, let group):
            members.append(("ruleGroup", ["file": .string(file), "name": .string(group)]))
        }
        return JSONValue.object(JSONObject(members)).bytes() + [UInt8(ascii: "\n")]
    }

    private var stats: JSONValue {
        let statistics = statistics ?? QueryStatistics()
        return [
            "timings": [
                "evalTotalTime": .number(
                    statistics.prepareSeconds + statistics.evaluateSeconds + statistics.sortSeconds),
                "resultSortTime": .number(statistics.sortSeconds),
                "queryPreparationTime": .number(statistics.prepareSeconds),
                "innerEvalTime": .number(statistics.evaluateSeconds), "execQueueTime": .number(queueSeconds),
                "execTotalTime": .number(totalSeconds),
            ],
            "samples": [
                "totalQueryableSamples": .number(statistics.samples),
                "samplesRead": .number(statistics.samplesRead),
                "peakSamples": .number(statistics.peakSamples),
            ],
        ]
    }
}

extension CalendarDate {
    /// `2015-07-01T20:10:51.781Z`.
    fileprivate static func precise(_ time: Timestamp) -> String {
        let fraction = (time % 1000 + 1000) % 1000
        return "\(text(time - fraction).dropLast()).\(String(fraction + 1000).dropFirst())Z"
    }
}

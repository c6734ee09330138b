public import HTTPTypes
public import Hummingbird
public import Instruments
import Platform

/// Counts and times the requests of a router.
///
/// Labels are bounded whatever strangers send: the endpoint is the route's template, requests that no
/// route takes are `<unmatched>`, and unusual methods are `_OTHER`.
public struct RequestInstruments<Context: RequestContext>: RouterMiddleware {
    /// Which labels the counter carries, in their order.
    public enum Label: Sendable {
        /// The same value for all requests, for instance the name of the program.
        case constant(name: String, value: String)
        case method(name: String)
        case endpoint(name: String)
        case status(name: String)

        var name: String {
            switch self {
            case .constant(let name, _), .method(let name), .endpoint(let name), .status(let name): name
            }
        }
    }

    private let count: Family<Counter>
    private let countLabels: [Label]
    private let latency: Family<Histogram>
    private let latencyLabels: [Label]
    private let inFlight: Gauge?

    /// - Parameters:
    ///   - count: name of the counter, for instance "http_request_count".
    ///   - latency: name of the histogram of seconds; its labels must not include the status.
    ///   - inFlight: name of a gauge of requests that are being answered; nil for none.
    ///   - inFlightLabels: constant ones only; the others are not known while a request is answered.
    /// - Throws: ``InstrumentError`` when a name is taken or malformed.
    public init(
        registry: Registry, count: String, countLabels: [Label], latency: String, latencyLabels: [Label],
        buckets: [Double] = Histogram.defaultBuckets, inFlight: String? = nil, inFlightLabels: [Label] = []
    ) throws(InstrumentError) {
        self.count = try registry.counters(
            count, help: "Requests answered.", labels: countLabels.map(\.name))
        self.latency = try registry.histograms(
            latency, help: "Seconds from the request's head to the response's.",
            labels: latencyLabels.map(\.name), buckets: buckets)
        self.inFlight = try inFlight.map { name throws(InstrumentError) in
            let values = inFlightLabels.compactMap { label in
                if case .constant(_, let value) = label { value } else { nil }
            }
            return try registry.gauges(
                name, help: "Requests that are being answered.", labels: inFlightLabels.map(\.name)
            ).labels(values)
        }
        self.countLabels = countLabels
        self.latencyLabels = latencyLabels
    }

    public func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        let start = MonotonicTime.nanoseconds()
        inFlight?.increment()
        defer { inFlight?.decrement() }
        do {
            let response = try await next(request, context)
            record(request, context, status: response.status.code, since: start)
            return response
        } catch {
            let status = (error as? any HTTPResponseError)?.status.code ?? 500
            record(request, context, status: status, since: start)
            throw error
        }
    }

    private func record(_ request: Request, _ context: Context, status: Int, since start: UInt64) {
        record(request.method, endpoint: context.endpointPath, status: status, since: start)
    }

    /// Counts and times a request that was answered without the router.
    ///
    /// - Parameters:
    ///   - endpoint: the route's template; nil for none.
    ///   - start: `MonotonicTime` nanoseconds.
    public func record(_ method: HTTPRequest.Method, endpoint: String?, status: Int, since start: UInt64) {
        let seconds = Double(MonotonicTime.nanoseconds() - start) / 1e9
        func values(_ labels: [Label]) -> [String] {
            labels.map { label in
                switch label {
                case .constant(_, let value): value
                case .method: Self.known(method)
                case .endpoint: Self.template(endpoint)
                case .status: String(status)
                }
            }
        }
        // The number of values is that of the names, so that nothing can be thrown.
        try? count.labels(values(countLabels)).increment()
        try? latency.labels(values(latencyLabels)).observe(seconds)
    }

    /// Hummingbird gives requests that no route takes the path "NotFound", without a slash.
    private static func template(_ path: String?) -> String {
        guard let path, path.hasPrefix("/") else { return "<unmatched>" }
        return path
    }

    private static func known(_ method: HTTPRequest.Method) -> String {
        switch method {
        case .get, .head, .post, .put, .patch, .delete, .options: method.rawValue
        default: "_OTHER"
        }
    }
}

import HTTPTypes
import Hummingbird
import Instruments
import InstrumentsHummingbird
import Logging
import Platform
import PromQLEngine
import WebServer

/// The way of small requests: those that the small handler of a route answers.
struct FastRoutes: Sendable {
    private struct Route: Sendable {
        let route: APIRoute
        /// The template of the whole path, as the router tells it to instruments.
        let endpoint: String
    }

    private let routes: [String: Route]
    /// Of the values of a label, whose name stands between.
    private let valuesRoute: Route?
    private let valuesStart: String
    private let services: QueryServices
    private let instruments: ServerInstruments
    private let requests: RequestInstruments<WebContext>

    private static let valuesEnd = "/values"

    init(
        _ routes: [APIRoute], _ services: QueryServices, _ instruments: ServerInstruments,
        _ requests: RequestInstruments<WebContext>
    ) {
        self.services = services
        self.instruments = instruments
        self.requests = requests
        let start = services.routePrefix + "/api/v1"
        valuesStart = start + "/label/"
        var table: [String: Route] = [:]
        var values: Route?
        for route in routes where route.smallHandler != nil {
            let endpoint = RouterPath(stringLiteral: start + route.path).description
            let fast = Route(route: route, endpoint: endpoint)
            if route.path.contains(":") { values = fast } else { table[start + route.path] = fast }
        }
        self.routes = table
        valuesRoute = values
    }

    var path: FastPath {
        var headers = SecurityHeaders.ofData
        headers[.vary] = "Origin, Accept-Encoding"
        return FastPath(
            takes: { route(of: $0) != nil && FastRoutes.isOpen(services) }, headers: headers, answer: answer)
    }

    /// Whether nothing is asked of requests or added to answers beyond what is known here.
    static func isOpen(_ services: QueryServices) -> Bool {
        services.readiness() == .ready && services.users().isEmpty && services.answerHeaders().isEmpty
    }

    private func route(of path: String) -> (route: Route, name: String)? {
        if let route = routes[path] { return (route, "") }
        guard let valuesRoute, path.hasPrefix(valuesStart), path.hasSuffix(Self.valuesEnd) else { return nil }
        let name = path.dropFirst(valuesStart.count).dropLast(Self.valuesEnd.count)
        return name.isEmpty || name.contains("/") ? nil : (valuesRoute, String(name))
    }

    private func answer(_ request: FastPath.Request) -> FastPath.Answer? {
        let start = MonotonicTime.nanoseconds()
        guard let (fast, name) = route(of: request.path), fast.route.methods.contains(request.method),
            let name = try? FormValues.decodePathElement(name),
            let answer = fast.route.answerSmall(request, name, services, instruments)
        else { return nil }
        try? instruments.responseBytes.labels(fast.endpoint).observe(Double(answer.body.readableBytes))
        requests.record(request.method, endpoint: fast.endpoint, status: answer.status.code, since: start)
        services.logger.debug(
            "request",
            metadata: [
                "method": .string(request.method.rawValue), "path": .string(request.path),
                "status": .stringConvertible(answer.status.code), "client": .string(request.clientAddress),
                "microseconds": .stringConvertible((MonotonicTime.nanoseconds() - start) / 1000),
            ])
        return answer
    }
}

extension APIRoute {
    /// What the small handler answers; nil when it leaves the request to the worker threads.
    fileprivate func answerSmall(
        _ request: FastPath.Request, _ name: String, _ services: QueryServices,
        _ instruments: ServerInstruments
    ) -> FastPath.Answer? {
        let origin = QueryOrigin.request(
            clientAddress: request.clientAddress, method: request.method.rawValue, path: "/api/v1" + path)
        let call = APICall(
            services: services, instruments: instruments, form: request.form, name: name,
            now: services.clock.now(), cancellation: Cancellation(), queueSeconds: 0, origin: origin,
            ticket: services.queue.ticket())
        do {
            guard case .json(let document, _) = try smallHandler?(call) else { return nil }
            return FastPath.Answer(body: document)
        } catch {
            return error.kind == .busy ? nil : FastPath.Answer(status: error.status, body: error.document)
        }
    }
}

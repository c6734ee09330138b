import Dashboards
import HTTPTypes
import Hummingbird
import InstrumentsHummingbird
import Logging
import WebServer

extension DashboardServer {
    func addRoutes(to router: Router<WebContext>) {
        if let instruments = try? RequestInstruments<WebContext>(
            registry: options.registry, count: "grafana_http_requests",
            countLabels: [.endpoint(name: "handler"), .method(name: "method"), .status(name: "status_code")],
            latency: "grafana_http_request_duration_seconds",
            latencyLabels: [.endpoint(name: "handler"), .method(name: "method")])
        {
            router.add(middleware: instruments)
        }
        router.add(middleware: SecurityHeaders())
        router.add(middleware: ErrorBodies(logger: logger))
        let check = OriginCheck(settings: settings, isLoopback: options.isLoopback)
        for route in routes {
            router.on(RouterPath(route.path), method: route.method) { [self] request, context in
                try await answer(route, check, request, context)
            }
        }
        if settings.servesMetrics { router.addMetrics(options.registry) }
        router.addAssets()
    }

    /// The checks that every route goes through.
    private func answer(
        _ route: Route, _ check: OriginCheck, _ request: Request, _ context: WebContext
    ) async throws -> Response {
        let authority = request.head.authority ?? request.headers[.init("Host") ?? .origin] ?? ""
        guard check.admitsHost(authority) else {
            throw APIError(
                .forbidden, "host \(authority) is not allowed: set server.root_url (GF_SERVER_ROOT_URL)")
        }
        guard check.admits(request.method, request.headers, authority: authority) else {
            throw APIError(.forbidden, "origin not allowed")
        }
        guard route.access != .open else {
            return try await route.handler(Call(request: request, context: context, caller: nil))
        }
        let isPage = route.method == .get && !route.path.hasPrefix("/api/")
        let (caller, cookies) = try await identify(request, context)
        guard route.access.admits(caller) else {
            if isPage, caller == nil {
                return .redirect(to: "/login?redirectTo=" + PercentText.encode(request.uri.string))
            }
            throw caller == nil ? APIError.unauthorized : APIError.forbidden(route.access.rawValue)
        }
        var response = try await route.handler(
            Call(request: request, context: context, caller: caller))
        for cookie in cookies {
            response.headers.append(HTTPField(name: .setCookie, value: cookie))
        }
        if !isPage, response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
        return response
    }
}

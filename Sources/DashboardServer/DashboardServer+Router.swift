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
        router.add(middleware: ErrorBodies(document: document, logger: logger))
        addRoutes(below: router)
        // Without the path too: health checks ask the port itself.
        if settings.servesFromSubPath, !settings.basePath.isEmpty {
            addRoutes(below: router.group(RouterPath(settings.basePath)))
        }
    }

    /// - Throws: `invalidInput` for a path of `root_url` that begins as one of our own does.
    func checkSubPath() throws(DashboardsError) {
        func first(_ path: String) -> Substring? { path.split(separator: "/").first }
        guard settings.servesFromSubPath, let name = first(settings.basePath) else { return }
        guard name != "assets", name != "metrics", !routes.contains(where: { first($0.path) == name }) else {
            throw DashboardsError(
                .invalidInput,
                "server.root_url: /\(name) is a path of the dashboards themselves; they cannot be served below it"
            )
        }
    }

    private func addRoutes(below router: some RouterMethods<WebContext>) {
        let check = OriginCheck(settings: settings, isLoopback: options.isLoopback)
        for route in routes {
            router.on(RouterPath(route.path), method: route.method) { [self] request, context in
                try await answer(route, check, request, context)
            }
        }
        router.addAssets()
        router.addAsset("web/favicon.svg", at: "/favicon.ico")
        if settings.servesMetrics { router.addMetrics(options.registry) }
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
                let target = PercentText.encode(settings.address(request.uri.string))
                return .redirect(to: settings.address("/login") + "?redirectTo=" + target)
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

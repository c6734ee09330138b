public import ContainerStats
import HTTPTypes
public import Hummingbird
public import Instruments
import InstrumentsHummingbird
public import Logging
public import WebServer

/// The routes of the container monitor on port 8080.
public enum ContainerRoutes {
    /// - Parameters:
    ///   - registry: gets the instruments of the monitor; its content follows the containers' metrics.
    /// - Throws: `InstrumentError` when the registry has one of the names already, `ContainerServerError`
    ///   when a password file cannot be read.
    public static func router(
        _ monitor: ContainerMonitor, options: ContainerServerOptions, registry: Registry, logger: Logger
    ) throws -> Router<WebContext> {
        let router = Router(context: WebContext.self, options: .autoGenerateHeadEndpoints)
        router.add(
            middleware: try RequestInstruments(
                registry: registry, count: "martlet_containers_http_requests",
                countLabels: [.method(name: "method"), .endpoint(name: "handler"), .status(name: "code")],
                latency: "martlet_containers_http_request_duration_seconds",
                latencyLabels: [.endpoint(name: "handler")]))
        router.add(middleware: SecurityHeaders())
        router.add(middleware: ContainerErrors())
        if let authentication = try Authentication(options) { router.add(middleware: authentication) }
        let metrics = try MetricsHandler(
            monitor: monitor, options: options, registry: registry, logger: logger)
        let api = APIHandler(monitor: monitor, version: "martlet")
        add(to: router, monitor, api, metrics, options, prefix: "")
        // A proxy in front may pass its prefix on or strip it.
        if !options.pathPrefix.isEmpty {
            add(
                to: router.group(RouterPath(options.pathPrefix)), monitor, api, metrics, options,
                prefix: options.pathPrefix)
        }
        return router
    }

    private static func add(
        to router: some RouterMethods<WebContext>, _ monitor: ContainerMonitor, _ api: APIHandler,
        _ metrics: MetricsHandler,
        _ options: ContainerServerOptions, prefix: String
    ) {
        let skipped = prefix.split(separator: "/").count + 1
        router.get("/healthz") { _, _ in Response.text("ok") }
        for path: RouterPath in ["/api", "/api/**"] {
            for method: HTTPRequest.Method in [.get, .post] {
                router.on(path, method: method) { request, _ in
                    try await api.answer(
                        Array(RequestPath.parts(request.uri.path).dropFirst(skipped)), request)
                }
            }
        }
        router.get(RouterPath(options.metricsPath)) { request, _ in try await metrics.metrics(request) }
        let validate = ValidateHandler(monitor: monitor)
        router.get("/validate") { _, _ in try await validate.report() }
        let runtimes = RuntimeHandler(monitor: monitor)
        router.get("/runtime/docker") { _, _ in try await runtimes.report(of: .docker) }
        router.get("/runtime/podman") { _, _ in try await runtimes.report(of: .podman) }
        ContainerPages.add(to: router, prefix: options.pathPrefix)
    }
}

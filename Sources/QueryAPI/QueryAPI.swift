import Exposition
import HTTPTypes
public import Hummingbird
import Instruments
import InstrumentsHummingbird
import MetricModel
import NIOCore
public import WebServer

/// The HTTP interface of the server role: Prometheus' API version 1, its management routes and pages.
public enum QueryAPI {
    /// The route table of the API.
    private static let routes: [APIRoute] = [
        APIRoute(
            "/query", [.get, .post], on: .workers, small: QueryHandlers.smallInstant,
            by: QueryHandlers.instant),
        APIRoute(
            "/query_range", [.get, .post], on: .workers, small: QueryHandlers.smallRange,
            by: QueryHandlers.range),
        APIRoute("/explain_query", [.get, .post], on: .workers, by: QueryHandlers.explain),
        APIRoute("/query_exemplars", [.get, .post], on: .workers, by: SyntaxHandlers.exemplars),
        APIRoute("/format_query", [.get, .post], on: .workers, by: SyntaxHandlers.format),
        APIRoute("/parse_query", [.get, .post], on: .workers, by: SyntaxHandlers.tree),
        APIRoute(
            "/series", [.get, .post], on: .workers, small: SeriesHandlers.smallSeries,
            by: SeriesHandlers.series),
        APIRoute(
            "/labels", [.get, .post], on: .workers, small: SeriesHandlers.smallLabelNames,
            by: SeriesHandlers.labelNames),
        APIRoute(
            "/label/:name/values", on: .workers, small: SeriesHandlers.smallLabelValues,
            by: SeriesHandlers.labelValues),
        APIRoute("/metadata", by: TargetHandlers.metadata),
        APIRoute("/targets", by: TargetHandlers.targets),
        APIRoute("/targets/metadata", by: TargetHandlers.targetMetadata),
        APIRoute("/targets/relabel_steps", on: .workers, by: RelabelHandlers.steps),
        APIRoute("/scrape_pools", by: TargetHandlers.pools),
        APIRoute("/scrape_pools/config", on: .workers, by: RelabelHandlers.poolConfiguration),
        APIRoute("/rules", by: RuleHandlers.rules),
        APIRoute("/alerts", by: RuleHandlers.alerts),
        APIRoute("/alertmanagers", by: RuleHandlers.alertmanagers),
        APIRoute("/status/buildinfo", by: StatusHandlers.buildInformation),
        APIRoute("/status/runtimeinfo", by: StatusHandlers.runtime),
        APIRoute("/status/flags", by: StatusHandlers.flags),
        APIRoute("/status/config", by: StatusHandlers.configuration),
        APIRoute("/status/tsdb", on: .workers, by: StatusHandlers.database),
        APIRoute("/status/tsdb/blocks", on: .workers, by: StatusHandlers.blocks),
        APIRoute("/status/walreplay", needsReadiness: false, by: StatusHandlers.replay),
        APIRoute("/features", by: StatusHandlers.features),
        APIRoute("/notifications", needsReadiness: false, by: StatusHandlers.notifications),
    ]

    /// Those that change something: refused to pages of other origins.
    private static let changingRoutes: [APIRoute] = [
        APIRoute("/admin/tsdb/delete_series", [.post, .put], on: .workers, by: AdminHandlers.deleteSeries),
        APIRoute(
            "/admin/tsdb/clean_tombstones", [.post, .put], on: .workers, by: AdminHandlers.cleanTombstones),
        APIRoute("/admin/tsdb/snapshot", [.post, .put], on: .workers, by: AdminHandlers.snapshot),
    ]

    /// The paths that the pages' shell answers.
    private static let pages = [
        "/query", "/alerts", "/rules", "/targets", "/service-discovery", "/status", "/tsdb-status", "/flags",
        "/config",
        "/alertmanager-discovery",
    ]

    /// All routes over these services.
    ///
    /// - Throws: `InstrumentError` when the registry has one of the families already.
    public static func router(_ services: QueryServices) throws -> Router<WebContext> {
        try ways(services).router
    }

    /// All routes over these services, and what answers small requests of some of them first.
    ///
    /// - Throws: as ``router(_:)``.
    public static func ways(_ services: QueryServices) throws -> (
        router: Router<WebContext>, fastPath: FastPath
    ) {
        let instruments = try ServerInstruments(services)
        let router = Router(context: WebContext.self)
        router.add(middleware: RequestLog())
        let requests = try RequestInstruments<WebContext>(
            registry: services.registry, count: "prometheus_http_requests",
            countLabels: [.endpoint(name: "handler"), .status(name: "code")],
            latency: "prometheus_http_request_duration_seconds",
            latencyLabels: [.endpoint(name: "handler")],
            buckets: [0.1, 0.2, 0.4, 1, 3, 8, 20, 60, 120])
        router.add(middleware: requests)
        router.add(middleware: SecurityHeaders())
        router.add(middleware: ResponseSizes(instruments: instruments))
        router.add(middleware: AddedHeaders(services.answerHeaders))
        router.add(middleware: PlainErrors())
        router.add(middleware: BasicAuthentication(users: services.users))
        let prefix = services.routePrefix
        let root: any RouterMethods<WebContext> =
            prefix.isEmpty ? router : router.group(RouterPath(stringLiteral: prefix))
        if !prefix.isEmpty { router.get("/") { _, _ in redirect(to: prefix + "/query") } }

        let crossOrigin = services.crossOrigin
        let api = root.group("/api/v1")
            .add(
                middleware: CrossOrigin(allowsAll: crossOrigin?.text == ".*") {
                    crossOrigin?.matches($0) ?? false
                })
        let ownHost = SameOriginOnly(externalHost: services.externalHost)
        let changing = root.group("/api/v1").add(middleware: ownHost)
        for (group, routes) in [(api, routes), (changing, changingRoutes)] {
            for route in routes {
                for method in route.methods {
                    group.on(RouterPath(stringLiteral: route.path), method: method) { request, context in
                        await route.answer(request, context, services, instruments)
                    }
                }
                group.refuseOthers(route.path, than: route.methods + [.options])
                api.on(RouterPath(stringLiteral: route.path), method: .options) { _, _ in
                    Response(status: .noContent)
                }
            }
        }
        RemoteRoutes(services).add(to: changing)
        api.get("/notifications/live") { _, context in LiveNotifications.response(services, context) }
        let document = OpenAPIDocument.text(
            routes + changingRoutes, version: services.build.version, prefix: prefix)
        api.get("/openapi.yaml") { _, _ in
            Response.bytes(ByteBuffer(string: document), type: "application/yaml; charset=utf-8")
        }
        addManagement(to: root, services, instruments, ownHost)
        addPages(to: root, services)
        return (router, FastRoutes(routes, services, instruments, requests).path)
    }

    private static func addPages(to router: some RouterMethods<WebContext>, _ services: QueryServices) {
        let prefix = services.routePrefix
        router.addAssets()
        let document = PageDocument("web/server.html", prefix: prefix, title: services.pageTitle)
        for page in pages { router.addPage(RouterPath(stringLiteral: page), document) }
        router.addAsset("web/favicon.svg", at: "/favicon.svg")
        router.addAsset("web/favicon.svg", at: "/favicon.ico")
        router.get("/") { _, _ in redirect(to: prefix + "/query") }
        router.get("/graph") { request, _ in
            redirect(to: prefix + "/query" + (request.uri.query.map { "?" + $0 } ?? ""))
        }
    }

    /// - Parameter location: a path of ours; a query string behind it cannot change the origin.
    static func redirect(to location: String) -> Response {
        Response(status: .found, headers: [.location: location])
    }
}

extension RouterMethods<WebContext> {
    /// Answers 405 with the methods that a path takes to all others.
    func refuseOthers(_ path: String, than methods: [HTTPRequest.Method]) {
        let allowed = methods.map(\.rawValue).joined(separator: ", ")
        let all: [HTTPRequest.Method] = [.get, .head, .post, .put, .delete, .patch, .options]
        for method in all where !methods.contains(method) {
            on(RouterPath(stringLiteral: path), method: method) { _, _ in
                var response = Response.text("Method Not Allowed\n", status: .methodNotAllowed)
                response.headers[.allow] = allowed
                return response
            }
        }
    }
}

extension QueryServices {
    /// The host of the external address, without port; "" when there is none.
    var externalHost: String {
        guard let schemeEnd = externalURL.firstRange(of: "://") else { return "" }
        return String(externalURL[schemeEnd.upperBound...].prefix { $0 != "/" && $0 != ":" })
    }
}

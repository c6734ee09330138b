public import Hummingbird
public import Instruments
import InstrumentsHummingbird
public import Platform
public import WebServer

/// The routes of the web application on port 5000: a prediction service under observation.
public enum PredictionRoutes {
    /// - Parameters:
    ///   - registry: gets the instruments; its content is what `GET /metrics` answers.
    ///   - workers: compute what takes long. Their queue bounds how much may wait.
    /// - Throws: `InstrumentError` when the registry has one of the names already.
    public static func router(
        _ model: ServedModel, options: PredictionOptions, registry: Registry, workers: WorkerThreads
    ) throws(InstrumentError) -> Router<WebContext> {
        let router = Router(context: WebContext.self, options: .autoGenerateHeadEndpoints)
        let appName = RequestInstruments<WebContext>.Label.constant(name: "app_name", value: options.appName)
        router.add(
            middleware: try RequestInstruments(
                registry: registry,
                count: "http_request_count",
                countLabels: [
                    appName, .method(name: "method"), .endpoint(name: "endpoint"),
                    .status(name: "http_status"),
                ],
                latency: "http_request_latency_seconds",
                latencyLabels: [appName, .endpoint(name: "endpoint")],
                inFlight: "http_requests_in_flight", inFlightLabels: [appName]))
        router.add(middleware: ErrorBodies())

        let predictions = PredictHandler(
            model: model, instruments: try ModelInstruments(model, registry: registry),
            bodyBytesMax: options.bodyBytesMax, workers: workers)
        let workload = WorkloadHandler(options: options, workers: workers)
        router.get("/") { _, _ in Response.text("home") }
        router.get("/cpu") { _, _ in try await workload.cpu() }
        router.get("/memory") { _, _ in try await workload.memory() }
        router.post("/predict") { request, _ in try await predictions.predict(request) }
        router.get("/model") { _, _ in predictions.describe() }
        router.get("/healthz") { _, _ in Response.text("ok\n") }
        router.addMetrics(registry)
        return router
    }
}

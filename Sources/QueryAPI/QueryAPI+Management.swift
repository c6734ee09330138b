import Exposition
import HTTPTypes
import Hummingbird
import Instruments
import MetricModel
import NIOCore
import Platform
import PromQLEngine
import WebServer

extension QueryAPI {
    /// Health, reload, own metrics, federation: what stands outside of the API.
    static func addManagement(
        to router: some RouterMethods<WebContext>, _ services: QueryServices,
        _ instruments: ServerInstruments,
        _ ownHost: SameOriginOnly
    ) {
        router.get("/-/healthy") { _, _ in Response.text("Prometheus Server is Healthy.\n") }
        router.head("/-/healthy") { _, _ in Response(status: .ok) }
        router.get("/-/ready") { _, _ in services.refusal ?? .text("Prometheus Server is Ready.\n") }
        router.head("/-/ready") { _, _ in (services.refusal ?? Response(status: .ok)).withoutBody }

        let changing = router.group("").add(middleware: ownHost)
        for method in [HTTPRequest.Method.post, .put] {
            changing.on("/-/reload", method: method) { _, _ in await reload(services) }
            changing.on("/-/quit", method: method) { _, _ in quit(services) }
        }
        for path in ["/-/reload", "/-/quit"] {
            router.get(RouterPath(stringLiteral: path)) { _, _ in
                Response.text("Only POST or PUT requests allowed", status: .methodNotAllowed)
            }
        }

        router.get("/version") { _, _ in
            var json = AnswerWriter()
            json.write(services.build)
            return Response.bytes(json.buffer, type: "application/json")
        }
        router.get("/metrics") { request, _ in try await metrics(services, request) }
        router.get("/federate") { request, context in
            try await federate(request, context, services, instruments)
        }
    }

    private static let lifecycleRefusal = Response.text("Lifecycle API is not enabled.", status: .forbidden)

    private static func reload(_ services: QueryServices) async -> Response {
        guard let reload = services.reload else { return lifecycleRefusal }
        do {
            try await reload()
            return Response(status: .ok)
        } catch {
            return .text("failed to reload config: \(error)\n", status: .internalServerError)
        }
    }

    private static func quit(_ services: QueryServices) -> Response {
        guard let quit = services.quit else { return lifecycleRefusal }
        quit()
        return .text("Requesting termination... Goodbye!")
    }

    /// Collecting may wait for the database's locks, so that it is not done where requests are taken.
    private static let metricThreads = WorkerThreads(name: "metrics", count: 1, queueLimit: 100)

    private static func metrics(_ services: QueryServices, _ request: Request) async throws -> Response {
        let format = ExpositionFormat(accepting: request.headers[.accept])
        let body: ByteBuffer
        do {
            body = try await metricThreads.run { _ in
                var writer = ExpositionWriter(format: format)
                services.collect(&writer)
                services.registry.write(to: &writer)
                writer.end()
                return ByteBuffer(bytes: writer.output)
            }
        } catch is WorkerThreads.Refusal {
            throw HTTPError(.serviceUnavailable)
        }
        return .bytes(body, type: format.contentType)
    }

    private static func federate(
        _ request: Request, _ context: WebContext, _ services: QueryServices, _ instruments: ServerInstruments
    ) async throws -> Response {
        if let refusal = services.refusal { return refusal }
        let form = try await FormValues.read(request, bodyBytesMax: services.limits.formBytesMax)
        let accept = request.headers[.accept]
        let format = ExpositionFormat(accepting: accept)
        let keepsUTF8 = accept?.contains("escaping=allow-utf-8") ?? false
        let now = services.clock.now()
        let deadline = MonotonicTime.nanoseconds() &+ UInt64(max(services.limits.timeout, 0)) * 1_000_000
        do {
            let body = try await context.run(on: services.workers, deadline: deadline) { cancellation in
                try Federation.body(
                    APICall(
                        services: services, instruments: instruments, form: form, name: "", now: now,
                        cancellation: cancellation, queueSeconds: 0, origin: .unknown,
                        ticket: services.queue.ticket()),
                    format: format, keepsUTF8: keepsUTF8)
            }
            let type = format.contentType + (keepsUTF8 ? "; escaping=allow-utf-8" : "; escaping=underscores")
            return .bytes(body, type: type)
        } catch let error as APIError {
            let status = error.kind == .unavailable ? HTTPResponse.Status.serviceUnavailable : error.status
            return .text(error.message + "\n", status: status)
        } catch is WorkerThreads.Refusal {
            return Response(status: .serviceUnavailable, headers: [.retryAfter: "1"])
        }
    }
}

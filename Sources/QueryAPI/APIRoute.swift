import HTTPTypes
import Hummingbird
import Logging
import MetricModel
import Platform
import PromQLEngine
import WebServer

/// One line of the route table: a path below `/api/v1` with what answers it.
struct APIRoute: Sendable {
    /// Where a handler runs.
    enum Place: Sendable {
        /// On the thread that took the request: for what is in memory and small.
        case here
        /// On the worker threads, when one is free.
        case workers
    }

    typealias Handler = @Sendable (APICall) throws(APIError) -> APIAnswer
    /// As a handler, or nil when the request takes longer than a fraction of a millisecond or must read the disk.
    typealias SmallHandler = @Sendable (APICall) throws(APIError) -> APIAnswer?

    let path: String
    let methods: [HTTPRequest.Method]
    let place: Place
    /// Whether it is refused until the storage can be read.
    let needsReadiness: Bool
    /// Tried first, on the thread that took the request: the way to a worker thread and back takes longer than most
    /// requests of dashboards do.
    let smallHandler: SmallHandler?
    let handler: Handler

    init(
        _ path: String, _ methods: [HTTPRequest.Method] = [.get], on place: Place = .here,
        needsReadiness: Bool = true, small smallHandler: SmallHandler? = nil,
        by handler: @escaping Handler
    ) {
        self.path = path
        self.methods = methods
        self.place = place
        self.needsReadiness = needsReadiness
        self.smallHandler = smallHandler
        self.handler = handler
    }

    /// Reads the request, runs the handler where it belongs, and turns errors into answers.
    func answer(
        _ request: Request, _ context: WebContext, _ services: QueryServices, _ instruments: ServerInstruments
    ) async -> Response {
        if needsReadiness, let refusal = services.refusal { return refusal }
        do {
            let form = try await FormValues.read(request, bodyBytesMax: services.limits.formBytesMax)
            let name = try FormValues.decodePathElement(context.parameters.get("name") ?? "")
            let origin = QueryOrigin.request(
                clientAddress: context.clientAddress, method: request.method.rawValue, path: "/api/v1" + path)
            return try await run(form, name, origin, context, services, instruments).response
        } catch let error as APIError {
            return error.response
        } catch let error as WebServerError {
            var response = APIError(.badData, error.message).response
            if error.kind == .requestTooLarge { response.status = .contentTooLarge }
            return response
        } catch is CancellationError {
            return APIError(.canceled, "context canceled").response
        } catch {
            context.logger.error(
                "cannot answer", metadata: ["path": .string(path), "error": .string("\(error)")])
            return APIError(.internal, "internal error").response
        }
    }

    private func run(
        _ form: FormValues, _ name: String, _ origin: QueryOrigin, _ context: WebContext,
        _ services: QueryServices, _ instruments: ServerInstruments
    ) async throws -> APIAnswer {
        let now = services.clock.now()
        let call = APICall(
            services: services, instruments: instruments, form: form, name: name, now: now,
            cancellation: Cancellation(), queueSeconds: 0, origin: origin, ticket: services.queue.ticket())
        guard place == .workers else { return try handler(call) }
        // Of requests that come over a connection the fast path has tried it before, where it is open; what it left alone
        // is not small, or unusual enough to take the way of all others.
        let wasTried = context.remoteAddress != nil && FastRoutes.isOpen(services)
        if !wasTried, let answer = try smallHandler?(call) { return answer }
        services.queue.noteWaiting(services.workers.waitingCount)
        let start = MonotonicTime.nanoseconds()
        let deadline = start &+ UInt64(APIRoute.timeout(form, services.limits)) * 1_000_000
        do {
            return try await context.run(on: services.workers, deadline: deadline) { cancellation in
                let queueSeconds = Double(MonotonicTime.nanoseconds() &- start) / 1e9
                if cancellation.isCancelled {
                    throw APIError(.canceled, "query was canceled in query queue")
                }
                if cancellation.isPastDeadline {
                    throw APIError(.timeout, "query timed out in query queue")
                }
                if call.ticket.isOverdue {
                    throw APIError(
                        .busy, "more queries are waiting than can be answered soon, try again later")
                }
                var call = call
                call.cancellation = cancellation
                call.queueSeconds = queueSeconds
                return try handler(call)
            }
        } catch WorkerThreads.Refusal.queueFull {
            throw APIError(.busy, "too many queries are waiting, try again later")
        } catch WorkerThreads.Refusal.shutDown {
            throw APIError(.busy, "the server is shutting down")
        }
    }

    /// Milliseconds that the request may take: the `timeout` of the client where it is shorter. A
    /// malformed one is reported by the handler.
    private static func timeout(_ form: FormValues, _ limits: QueryLimits) -> Int64 {
        let longest = max(limits.timeout, 0)
        guard let text = form["timeout"], !text.isEmpty, let asked = try? FormValues.duration(text) else {
            return longest
        }
        return min(max(asked, 0), longest)
    }
}

extension QueryServices {
    /// The answer while the storage cannot be read; nil when it can.
    var refusal: Response? {
        let readiness = readiness()
        guard readiness != .ready else { return nil }
        var response = Response.text("Service Unavailable", status: .serviceUnavailable)
        response.headers[.prometheusStopping] = readiness == .stopping ? "true" : "false"
        response.headers[.retryAfter] = "5"
        return response
    }
}

extension HTTPField.Name {
    static let prometheusStopping = Self("X-Prometheus-Stopping") ?? .retryAfter
}

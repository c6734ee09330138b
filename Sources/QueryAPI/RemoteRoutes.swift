import HTTPTypes
import Hummingbird
import Logging
import MetricModel
import NIOCore
import Platform
import RemoteStorage
import WebServer

/// Other servers that write to us (`--web.enable-remote-write-receiver`) or read from us.
struct RemoteRoutes: Sendable {
    /// The most bytes of a compressed request.
    private static let bodyBytesMax = 32 << 20

    let services: QueryServices
    /// One request is decoded while another is stored; more would only wait for the log.
    private let writers = WorkerThreads(name: "remote-write", count: 2, queueLimit: 256)

    private let readGate: RequestGate

    init(_ services: QueryServices) {
        self.services = services
        readGate = RequestGate(services.limits.remoteReadConcurrency)
    }

    func add(to router: some RouterMethods<WebContext>) {
        router.post("/write") { request, context in await write(request, context) }
        router.refuseOthers("/write", than: [.post])
        router.post("/read") { request, context in await read(request, context) }
        router.refuseOthers("/read", than: [.post])
    }

    // MARK: - Write

    private func write(_ request: Request, _ context: WebContext) async -> Response {
        guard let receiver = services.writeReceiver else {
            return .text(
                "remote write receiver needs to be enabled with --web.enable-remote-write-receiver\n",
                status: .notFound)
        }
        if let refusal = services.refusal { return refusal }
        let type = request.headers[.contentType]
        guard let message = RemoteWriteMessage(contentType: type) else {
            return .text(
                "cannot read Content-Type \(type ?? ""): want application/x-protobuf with a known message\n",
                status: .unsupportedMediaType)
        }
        guard services.acceptedWriteMessages.contains(message) else {
            return .text(
                "\(message.rawValue) is not accepted by this server\n", status: .unsupportedMediaType)
        }
        if let refusal = Self.encodingRefusal(request) { return refusal }
        do {
            let body = try await request.body.collect(upTo: Self.bodyBytesMax)
            let outcome = try await writers.run { _ in
                try body.withUnsafeReadableBytes { try receiver.receive($0, as: message) }
            }
            var response = Response(status: .noContent)
            if let failure = outcome.partialFailure { response = .text(failure + "\n", status: .badRequest) }
            if message == .version2 {
                response.headers[.writtenSamples] = String(outcome.sampleCount)
                response.headers[.writtenHistograms] = String(outcome.histogramCount)
                response.headers[.writtenExemplars] = String(outcome.exemplarCount)
            }
            return response
        } catch {
            return Self.response(error, context)
        }
    }

    // MARK: - Read

    private func read(_ request: Request, _ context: WebContext) async -> Response {
        if let refusal = services.refusal { return refusal }
        if let refusal = Self.encodingRefusal(request) { return refusal }
        let reader = RemoteReader(
            storage: services.localStorage ?? services.storage,
            samplesMax: services.limits.remoteReadSamplesMax)
        let externalLabels = services.externalLabels()
        let deadline = MonotonicTime.nanoseconds() &+ UInt64(max(services.limits.timeout, 0)) * 1_000_000
        do {
            let body = try await request.body.collect(upTo: Self.bodyBytesMax)
            let answer = try await context.whileClientWaits {
                try await readGate.run {
                    try await services.workers.run(deadline: deadline) { cancellation in
                        try body.withUnsafeReadableBytes {
                            try reader.answer($0, externalLabels: externalLabels, cancellation: cancellation)
                        }
                    }
                }
            }
            var response = Response.bytes(ByteBuffer(bytes: answer), type: "application/x-protobuf")
            response.headers[.contentEncoding] = "snappy"
            return response
        } catch {
            return Self.response(error, context)
        }
    }

    // MARK: - Both

    private static func encodingRefusal(_ request: Request) -> Response? {
        let encoding = request.headers[.contentEncoding] ?? ""
        guard encoding.isEmpty || encoding.lowercased() == "snappy" else {
            return .text(
                "\(encoding) encoding (compression) is not accepted by this server; only snappy is acceptable\n",
                status: .unsupportedMediaType)
        }
        return nil
    }

    /// What may be sent again gets a 5xx, what may not a 4xx.
    private static func response(_ error: any Error, _ context: WebContext) -> Response {
        switch error {
        case let error as RemoteStorageError:
            let status: HTTPResponse.Status =
                switch error.kind {
                case .badRequest, .refusedSamples: .badRequest
                case .tooManySeries: .tooManyRequests
                case .unavailable: .serviceUnavailable
                case .storage: .internalServerError
                }
            var response = Response.text(error.message + "\n", status: status)
            if error.kind == .unavailable { response.headers[.retryAfter] = "5" }
            return response
        case is NIOTooManyBytesError:
            return .text("the request has more than \(bodyBytesMax) bytes\n", status: .contentTooLarge)
        case is WorkerThreads.Refusal, is CancellationError:
            var response = Response.text(
                "too many requests are waiting, try again later\n", status: .serviceUnavailable)
            response.headers[.retryAfter] = "1"
            return response
        default:
            context.logger.error("cannot answer a remote request", metadata: ["error": .string("\(error)")])
            return .text("internal error\n", status: .internalServerError)
        }
    }
}

extension HTTPField.Name {
    fileprivate static let writtenSamples =
        Self("X-Prometheus-Remote-Write-Samples-Written") ?? .contentLocation
    fileprivate static let writtenHistograms =
        Self("X-Prometheus-Remote-Write-Histograms-Written") ?? .contentLocation
    fileprivate static let writtenExemplars =
        Self("X-Prometheus-Remote-Write-Exemplars-Written") ?? .contentLocation
}

import Hummingbird
import JSON
import NIOCore
import Platform
import Prediction
import WebServer

/// `POST /predict` and `GET /model`.
struct PredictHandler: Sendable {
    /// A larger body is decoded on a worker thread; a smaller one takes well under a millisecond.
    private static let inlineBytesMax = 16 << 10

    private let served: ServedModel
    private let instruments: ModelInstruments
    private let bodyBytesMax: Int
    private let workers: WorkerThreads

    init(model: ServedModel, instruments: ModelInstruments, bodyBytesMax: Int, workers: WorkerThreads) {
        served = model
        self.instruments = instruments
        self.bodyBytesMax = bodyBytesMax
        self.workers = workers
    }

    func predict(_ request: Request) async throws -> Response {
        // A claimed length is refused before a byte of it is read.
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > bodyBytesMax {
            throw tooLarge()
        }
        var request = request
        let body: ByteBuffer
        do {
            body = try await request.collectBody(upTo: bodyBytesMax)
        } catch let error as any HTTPResponseError where error.status == .contentTooLarge {
            throw tooLarge()
        }
        if body.readableBytes <= PredictHandler.inlineBytesMax { return try answer(body) }
        do {
            return try await workers.run { _ in try answer(body) }
        } catch let refusal as WorkerThreads.Refusal {
            instruments.count(.rejected)
            throw refusal
        }
    }

    /// The model's name, classes and features, so that a caller can make a row.
    func describe() -> Response {
        let model = served.model
        let document: JSONValue = [
            "model": .string(model.name),
            "version": .string(model.version),
            "objective": .string(model.objective.rawValue),
            "classes": .array(model.classNames.map { .string($0) }),
            "features": .array(model.featureNames.map { .string($0) }),
        ]
        return .json(document.bytes())
    }

    private func tooLarge() -> HTTPError {
        instruments.count(.invalidInput)
        return HTTPError(
            .contentTooLarge, message: "cannot predict: the body has more than \(bodyBytesMax) bytes")
    }

    private func answer(_ body: ByteBuffer) throws -> Response {
        let start = MonotonicTime.nanoseconds()
        let row: FeatureRow
        do {
            row = try decode(body)
        } catch {
            instruments.count(.invalidInput)
            throw error
        }
        let decoded = MonotonicTime.nanoseconds()
        let output: [Float]
        do {
            output = try served.model.predict(row.values)
        } catch {
            instruments.count(.modelError)
            throw error
        }
        let predicted = MonotonicTime.nanoseconds()
        let response = Response.json(encode(output))
        instruments.record(
            row, output, decode: decoded - start, predict: predicted - decoded,
            encode: MonotonicTime.nanoseconds() - predicted)
        return response
    }

    private func decode(_ body: ByteBuffer) throws(ModelError) -> FeatureRow {
        let document: JSONValue
        do {
            document = try JSONValue.parse(
                body.readableBytesView, limits: JSONLimits(bytes: bodyBytesMax, depth: 8))
        } catch {
            let text = Array(body.readableBytesView)
            throw ModelError(
                .invalidRow, "cannot read the body as JSON: \(error)",
                field: JSONFieldName.before(line: error.line, column: error.column, of: text) ?? "body")
        }
        return try FeatureRow(document, model: served.model)
    }

    /// Class and probabilities, or for a regression the value.
    private func encode(_ output: [Float]) -> [UInt8] {
        let model = served.model
        var members: [(String, JSONValue)] = [
            ("model", .string(model.name)), ("version", .string(model.version)),
        ]
        if let best = output.indices.max(by: { output[$0] < output[$1] }), !model.classNames.isEmpty {
            members.append(("class", .string(model.classNames[best])))
            members.append(
                (
                    "probabilities",
                    .object(JSONObject(zip(model.classNames, output).map { ($0, Self.number($1)) }))
                ))
        } else {
            members.append(("value", output.first.map(Self.number) ?? .null))
        }
        return JSONValue.object(JSONObject(members)).bytes()
    }

    /// A float32 in its shortest form: as Double it would show digits that it does not have.
    private static func number(_ value: Float) -> JSONValue {
        value.isFinite ? .number(value.description) : .null
    }
}

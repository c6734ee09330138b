import Dashboards
import HTTPTypes
import Hummingbird
import JSON
import NIOCore
import WebServer

/// One request with who sent it.
struct Call: Sendable {
    let request: Request
    let context: WebContext
    /// nil only on routes that are open to everybody.
    let caller: Caller?

    /// The caller of a route that is not open.
    ///
    /// - Throws: 401 when there is none, which the route's check has ruled out.
    var user: User {
        get throws {
            guard let caller else { throw APIError.unauthorized }
            return caller.user
        }
    }

    /// A part of the path, percent-decoded.
    func parameter(_ name: String) throws -> String {
        guard let raw = context.parameters.get(name), let value = PercentText.decode(raw) else {
            throw APIError(.badRequest, "bad request data: cannot read \(name) of the path")
        }
        return value
    }

    func number(_ name: String) throws -> Int64 {
        guard let value = Int64(try parameter(name)) else {
            throw APIError(.badRequest, "\(name) is invalid")
        }
        return value
    }

    var query: QueryItems { QueryItems(request.uri.query ?? "") }

    /// The body as a JSON object.
    ///
    /// - Parameter limit: bytes.
    func json(limit: Int = 1 << 20) async throws -> JSONObject {
        let type = request.headers[.contentType]?.lowercased() ?? ""
        guard type.isEmpty || type.contains("json") else {
            throw APIError(.unsupportedMediaType, "bad request data: want content type application/json")
        }
        let buffer = try await request.body.collect(upTo: limit)
        guard buffer.readableBytes > 0 else { return [:] }
        let value = try JSONValue.parse(buffer.readableBytesView, limits: JSONLimits(bytes: limit))
        guard case .object(let object) = value else {
            throw APIError(.badRequest, "bad request data: want a JSON object")
        }
        return object
    }

    /// Where the request came from.
    var address: String { context.clientAddress }
    var agent: String { request.headers[.userAgent] ?? "" }
}

extension Response {
    static func json(_ value: JSONValue, status: HTTPResponse.Status = .ok) -> Response {
        json(value.bytes(), status: status)
    }

    /// `{"message": …}`
    static func message(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
        json(["message": .string(text)], status: status)
    }

    static func redirect(to path: String) -> Response {
        Response(status: .found, headers: [.location: path, .cacheControl: "no-store"])
    }
}

import Dashboards
import HTTPTypes
import Hummingbird
import JSON
import NIOCore
import WebServer

/// An answer that says why not, in the original's form.
struct APIError: Error {
    let status: HTTPResponse.Status
    let message: String
    var messageID = ""
    /// More members of the body, for instance `status` of a version mismatch.
    var members: [(String, JSONValue)] = []

    init(_ status: HTTPResponse.Status, _ message: String) {
        self.status = status
        self.message = message
    }

    static let unauthorized: APIError = {
        var error = APIError(.unauthorized, "Unauthorized")
        error.messageID = "auth.unauthorized"
        return error
    }()

    static func forbidden(_ need: String) -> APIError {
        var error = APIError(
            .forbidden,
            "You'll need additional permissions to perform this action. Permissions needed: \(need)")
        error.members = [("title", "Access denied"), ("accessErrorId", "ACE0000000000")]
        return error
    }

    /// The status of every error of the service, in one place.
    init(_ error: DashboardsError) {
        // The message names what was needed.
        if error.kind == .forbidden {
            self = .forbidden(error.message)
            return
        }
        let status: HTTPResponse.Status =
            switch error.kind {
            case .invalidInput: .badRequest
            case .unauthorized: .unauthorized
            case .forbidden: .forbidden
            case .notFound: .notFound
            case .exists, .conflict: .conflict
            case .versionMismatch, .nameExists: .preconditionFailed
            case .readOnly: .badRequest
            case .busy: .tooManyRequests
            case .storage: .internalServerError
            }
        self.init(status, error.message)
        switch error.kind {
        case .versionMismatch: members = [("status", "version-mismatch")]
        case .nameExists: members = [("status", "name-exists")]
        default: break
        }
    }

    /// Any error as an answer; nil for those that are nobody's but ours.
    init?(wrapping error: any Error) {
        switch error {
        case let error as APIError: self = error
        case let error as DashboardsError: self.init(error)
        case let error as JSONError:
            self.init(.badRequest, "bad request data: \(error.description)")
        case let error as HTTPError: self.init(error.status, error.body ?? "\(error.status.reasonPhrase)")
        case is NIOTooManyBytesError: self.init(.contentTooLarge, "the request is too large")
        default: return nil
        }
    }

    var response: Response {
        var body = JSONObject([("message", .string(message))])
        if !messageID.isEmpty { body["messageId"] = .string(messageID) }
        body["statusCode"] = .number(status.code)
        body["traceID"] = ""
        for (name, value) in members { body[name] = value }
        var response = Response.json(JSONValue.object(body).bytes(), status: status)
        if status == .unauthorized { response.headers[.cacheControl] = "no-store" }
        return response
    }
}

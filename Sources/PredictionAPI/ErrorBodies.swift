import HTTPTypes
import Hummingbird
import JSON
import Platform
import Prediction
import WebServer

/// Turns every error of the prediction API into a status and a JSON body
/// `{"error": "cannot …", "field": "mean_radius"}`; `field` is there when one is to blame.
struct ErrorBodies: RouterMiddleware {
    func handle(
        _ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as ModelError {
            return ErrorBodies.response(.badRequest, error.message, field: error.field)
        } catch let error as WorkerThreads.Refusal {
            var response = ErrorBodies.response(
                .serviceUnavailable,
                error == .queueFull ? "too much work is waiting, try again later" : "shutting down")
            response.headers[.retryAfter] = "1"
            return response
        } catch let error as any HTTPResponseError {
            return ErrorBodies.response(error.status, ErrorBodies.message(of: error, request))
        }
    }

    private static func message(of error: any HTTPResponseError, _ request: Request) -> String {
        if let message = (error as? HTTPError)?.body { return message }
        return switch error.status {
        case .notFound: "nothing is here: \(request.method.rawValue) \(request.uri.path.prefix(80))"
        case .contentTooLarge: "the body is too large"
        default: error.status.reasonPhrase
        }
    }

    static func response(_ status: HTTPResponse.Status, _ message: String, field: String = "") -> Response {
        var object = JSONObject([("error", .string(message))])
        if !field.isEmpty { object["field"] = .string(field) }
        return .json(JSONValue.object(object).bytes(), status: status)
    }
}

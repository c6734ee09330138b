import HTTPTypes
import Hummingbird
import Logging
import WebServer

/// Turns what handlers throw into JSON, and unknown addresses of the API too.
struct ErrorBodies: RouterMiddleware {
    let logger: Logger

    func handle(
        _ request: Request, context: WebContext,
        next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPError where error.status == .notFound {
            return APIError(.notFound, "Not found").response
        } catch {
            if let known = APIError(wrapping: error) { return known.response }
            if error is CancellationError { throw error }
            logger.error("\(request.method) \(request.uri.path) failed: \(error)")
            return APIError(.internalServerError, "Internal server error").response
        }
    }
}

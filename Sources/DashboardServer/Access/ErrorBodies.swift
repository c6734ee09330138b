import HTTPTypes
import Hummingbird
import Logging
import WebServer

/// Turns what handlers throw into JSON, and unknown addresses too; a person at one gets the page that says so.
struct ErrorBodies: RouterMiddleware {
    let document: PageDocument
    let logger: Logger

    func handle(
        _ request: Request, context: WebContext,
        next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPError where error.status == .notFound {
            guard request.method == .get, request.headers[.accept]?.contains("text/html") == true,
                !request.uri.path.contains("/api/")
            else { return APIError(.notFound, "Not found").response }
            var response = await document.response(to: request)
            if response.status == .ok { response.status = .notFound }
            return response
        } catch {
            if let known = APIError(wrapping: error) { return known.response }
            if error is CancellationError { throw error }
            logger.error("\(request.method) \(request.uri.path) failed: \(error)")
            return APIError(.internalServerError, "Internal server error").response
        }
    }
}

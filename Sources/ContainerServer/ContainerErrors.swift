import HTTPTypes
import Hummingbird
import Logging
import Platform
import WebServer

/// Turns what handlers throw into short text answers: 500 for what cAdvisor answers so, 503 when too
/// many ask. Faults of ours are logged and not shown.
struct ContainerErrors: RouterMiddleware {
    func handle(
        _ request: Request, context: WebContext,
        next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as ContainerServerError {
            return .text(error.message + "\n", status: .internalServerError)
        } catch let error as HTTPError {
            return .text((error.body ?? error.status.reasonPhrase) + "\n", status: error.status)
        } catch is WorkerThreads.Refusal {
            return .text("too many questions at once; try again later\n", status: .serviceUnavailable)
        } catch {
            context.logger.error(
                "cannot answer", metadata: ["path": .string(request.uri.path), "error": .string("\(error)")])
            return .text("Internal Server Error\n", status: .internalServerError)
        }
    }
}

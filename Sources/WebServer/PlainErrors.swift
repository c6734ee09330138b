import HTTPTypes
public import Hummingbird
import Logging

/// Turns what a handler throws into a short text answer. Faults of ours are logged and not shown.
public struct PlainErrors: RouterMiddleware {
    public init() {}

    public func handle(
        _ request: Request, context: WebContext,
        next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPError {
            var response = Response.text(
                (error.body ?? error.status.reasonPhrase) + "\n", status: error.status)
            for field in error.headers { response.headers[field.name] = field.value }
            return response
        } catch let error as WebServerError {
            let status: HTTPResponse.Status =
                switch error.kind {
                case .requestTooLarge: .contentTooLarge
                case .malformedForm: .badRequest
                default: .internalServerError
                }
            return .text(error.message + "\n", status: status)
        } catch let error as any HTTPResponseError {
            return .text(error.status.reasonPhrase + "\n", status: error.status)
        } catch is CancellationError {
            return .text(
                "the client has left\n", status: .init(code: 499, reasonPhrase: "Client Closed Request"))
        } catch {
            context.logger.error(
                "cannot answer",
                metadata: [
                    "path": .string(request.uri.path), "error": .string("\(error)"),
                ])
            return .text("Internal Server Error\n", status: .internalServerError)
        }
    }
}

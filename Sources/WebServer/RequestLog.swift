public import Hummingbird
import Logging
import Platform

/// Logs requests: at level debug, and at error when the answer is a fault of ours.
public struct RequestLog: RouterMiddleware {
    public init() {}

    public func handle(
        _ request: Request, context: WebContext,
        next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        let start = MonotonicTime.nanoseconds()
        let response = try await next(request, context)
        let level: Logger.Level = response.status.code == 500 ? .error : .debug
        context.logger.log(
            level: level, "request",
            metadata: [
                "method": .string(request.method.rawValue),
                // The query string may hold what does not belong in a log.
                "path": .string(request.uri.path),
                "status": .stringConvertible(response.status.code),
                "client": .string(context.clientAddress),
                "microseconds": .stringConvertible((MonotonicTime.nanoseconds() - start) / 1000),
            ])
        return response
    }
}

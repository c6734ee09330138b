import HTTPTypes
public import Hummingbird

/// Adds the headers that keep a page from being framed, sniffed or made to run foreign scripts, where
/// the handler has not set them.
public struct SecurityHeaders: RouterMiddleware {
    /// Everything from this origin, nothing inline, no plug-ins, no framing.
    public static let contentSecurityPolicy =
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"

    public init() {}

    public func handle(
        _ request: Request, context: WebContext,
        next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        let defaults: [(HTTPField.Name, String)] = [
            (.contentSecurityPolicy, SecurityHeaders.contentSecurityPolicy),
            (.xContentTypeOptions, "nosniff"),
            (.xFrameOptions, "deny"),
            (.referrerPolicy, "same-origin"),
        ]
        for (name, value) in defaults where response.headers[name] == nil {
            response.headers[name] = value
        }
        return response
    }
}

extension HTTPField.Name {
    static let xFrameOptions = Self("X-Frame-Options") ?? .contentSecurityPolicy
    static let referrerPolicy = Self("Referrer-Policy") ?? .contentSecurityPolicy
}

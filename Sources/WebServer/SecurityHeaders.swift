public import HTTPTypes
public import Hummingbird

/// Adds the headers that keep a page from being framed, sniffed or made to run foreign scripts, where
/// the handler has not set them. Of JSON a browser only must not make something else: it shows and runs nothing of it.
public struct SecurityHeaders: RouterMiddleware {
    /// Everything from this origin, nothing inline, no plug-ins, no framing.
    public static let contentSecurityPolicy =
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"

    /// Of an answer of the type application/json.
    public static let ofData: HTTPFields = [.xContentTypeOptions: "nosniff"]

    private static let ofPages: HTTPFields = [
        .contentSecurityPolicy: contentSecurityPolicy, .xContentTypeOptions: "nosniff",
        .xFrameOptions: "deny",
        .referrerPolicy: "same-origin",
    ]

    public init() {}

    public func handle(
        _ request: Request, context: WebContext,
        next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        let isData = response.headers[.contentType] == "application/json"
        for field in isData ? SecurityHeaders.ofData : SecurityHeaders.ofPages
        where response.headers[field.name] == nil {
            response.headers.append(field)
        }
        return response
    }
}

extension HTTPField.Name {
    static let xFrameOptions = Self("X-Frame-Options") ?? .contentSecurityPolicy
    static let referrerPolicy = Self("Referrer-Policy") ?? .contentSecurityPolicy
}

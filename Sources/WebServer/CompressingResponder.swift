import Hummingbird

/// A router whose answers are compressed, whatever the role: a listener puts it around each.
struct CompressingResponder: HTTPResponder {
    let router: RouterResponder<WebContext>

    func respond(to request: Request, context: WebContext) async throws -> Response {
        try await ResponseCompression().handle(request, context: context) { request, context in
            try await router.respond(to: request, context: context)
        }
    }
}

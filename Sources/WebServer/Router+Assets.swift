import HTTPTypes
public import Hummingbird

extension RouterMethods {
    /// Adds `GET` and `HEAD` of `/assets/<path below Sources/WebAssets>`, for instance
    /// `/assets/web/lib/dom.js`, or the same with the edition before it. Nothing else of the folder tree can be reached.
    @discardableResult
    public func addAssets() -> Self {
        @Sendable func asset(_ request: Request, _ context: some RequestContext) async -> Response {
            var parts = context.parameters.getCatchAll()[...]
            // No folder of ours begins with the "e" of an edition.
            let edition = parts.first.flatMap { $0.hasPrefix("e") ? String($0) : nil }
            if edition != nil { parts = parts.dropFirst() }
            return await Assets.response(parts.joined(separator: "/"), edition: edition, to: request)
        }
        get("/assets/**") { request, context in await asset(request, context) }
        head("/assets/**") { request, context in await asset(request, context).withoutBody }
        return self
    }

    /// Adds `GET` and `HEAD` of an asset under a path of its own, for instance "/favicon.svg".
    @discardableResult
    public func addAsset(_ asset: String, at path: RouterPath) -> Self {
        get(path) { request, _ in await Assets.response(asset, to: request) }
        head(path) { request, _ in await Assets.response(asset, to: request).withoutBody }
        return self
    }

    /// Adds `GET` and `HEAD` of a page.
    @discardableResult
    public func addPage(_ path: RouterPath, _ document: PageDocument) -> Self {
        get(path) { request, _ in await document.response(to: request) }
        head(path) { request, _ in await document.response(to: request).withoutBody }
        return self
    }
}

extension Response {
    /// The answer to `HEAD`: the headers of the answer to `GET`, its length among them, and no body.
    public var withoutBody: Response {
        var copy = Response(status: status, headers: headers)
        if let length = body.contentLength { copy.headers[.contentLength] = String(length) }
        return copy
    }
}

import HTTPTypes
public import Hummingbird

extension RouterMethods {
    /// Adds `GET` and `HEAD` of `/assets/<path below Sources/WebAssets>`, for instance
    /// `/assets/web/lib/dom.js`. Nothing else of the folder tree can be reached.
    @discardableResult
    public func addAssets() -> Self {
        get("/assets/**") { request, context in
            await Assets.response(context.parameters.getCatchAll().joined(separator: "/"), to: request)
        }
        head("/assets/**") { request, context in
            await Assets.response(context.parameters.getCatchAll().joined(separator: "/"), to: request)
                .withoutBody
        }
        return self
    }

    /// Adds `GET` and `HEAD` of a page path that an HTML shell answers.
    ///
    /// - Parameter shell: an asset, for instance "web/server.html".
    @discardableResult
    public func addPage(_ path: RouterPath, shell: String) -> Self {
        get(path) { request, _ in await Assets.response(shell, to: request) }
        head(path) { request, _ in await Assets.response(shell, to: request).withoutBody }
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

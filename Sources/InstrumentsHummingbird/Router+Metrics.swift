public import Exposition
import HTTPTypes
public import Hummingbird
public import Instruments
import NIOCore

extension RouterMethods {
    /// Adds `GET /metrics`: what the registry holds, as text or OpenMetrics by the Accept header.
    ///
    /// - Parameter before: called first with the writer, to add families of other sources.
    @discardableResult
    public func addMetrics(
        _ registry: Registry, path: RouterPath = "/metrics",
        before: @escaping @Sendable (inout ExpositionWriter) async -> Void = { _ in }
    ) -> Self {
        get(path) { request, _ -> Response in
            let format = ExpositionFormat(accepting: request.headers[.accept])
            var writer = ExpositionWriter(format: format)
            await before(&writer)
            registry.write(to: &writer)
            writer.end()
            return Response(
                status: .ok, headers: [.contentType: format.contentType],
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: writer.output)))
        }
        return self
    }
}

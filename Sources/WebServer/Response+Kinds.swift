public import HTTPTypes
public import Hummingbird
public import NIOCore

extension Response {
    /// Plain text in UTF-8.
    public static func text(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
        bytes(ByteBuffer(string: text), type: "text/plain; charset=utf-8", status: status)
    }

    /// A JSON document that has been written already.
    public static func json(_ body: [UInt8], status: HTTPResponse.Status = .ok) -> Response {
        bytes(ByteBuffer(bytes: body), type: "application/json", status: status)
    }

    /// A body of any type.
    public static func bytes(
        _ body: ByteBuffer, type: String, status: HTTPResponse.Status = .ok
    ) -> Response {
        Response(
            status: status, headers: [.contentType: type], body: ResponseBody(byteBuffer: body))
    }
}

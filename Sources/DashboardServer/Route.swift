import HTTPTypes
import Hummingbird

/// One line of the route table.
struct Route: Sendable {
    let method: HTTPRequest.Method
    /// In Hummingbird's form: `/api/user/{id}`.
    let path: String
    let access: Access
    let handler: @Sendable (Call) async throws -> Response

    init(
        _ method: HTTPRequest.Method, _ path: String, _ access: Access,
        _ handler: @escaping @Sendable (Call) async throws -> Response
    ) {
        self.method = method
        self.path = path
        self.access = access
        self.handler = handler
    }
}

public import HTTPTypes
public import Hummingbird
import WebServer

/// Every error is 500 and plain text, as cAdvisor answers.
extension ContainerServerError: HTTPResponseError {
    public var status: HTTPResponse.Status { .internalServerError }

    public func response(from request: Request, context: some RequestContext) throws -> Response {
        Response.text(message + "\n", status: status)
    }
}

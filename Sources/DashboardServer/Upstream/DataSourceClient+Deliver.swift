import AsyncHTTPClient
import HTTPTypes
import NIOCore
import NIOHTTP1

extension DataSourceClient {
    /// Tells a contact point something, with the bounds that requests to data sources have: no redirect,
    /// no link-local address, a deadline.
    ///
    /// - Throws: ``DataSourceFailure`` when there is no answer, `CancellationError`.
    func deliver(
        to url: String, method: HTTPRequest.Method, headers: [(String, String)], body: ByteBuffer
    ) async throws -> (status: Int, body: ByteBuffer) {
        let client = try await client(for: url, of: "contact point")
        var request = HTTPClientRequest(url: url)
        request.method = HTTPMethod(rawValue: method.rawValue)
        for (name, value) in headers where HTTPField.Name(name) != nil && HTTPField.isValidValue(value) {
            request.headers.replaceOrAdd(name: name, value: value)
        }
        request.headers.replaceOrAdd(name: "User-Agent", value: "martlet")
        request.body = .bytes(body)
        do {
            let response = try await client.execute(request, timeout: .seconds(30))
            let body = try await response.body.collect(upTo: 1 << 20)
            return (Int(response.status.code), body)
        } catch is CancellationError {
            throw CancellationError()
        } catch let error as HTTPClientError where error == .cancelled {
            throw CancellationError()
        } catch let error as HTTPClientError where error == .deadlineExceeded || error == .connectTimeout {
            throw DataSourceFailure("the contact point did not answer in time")
        } catch {
            throw DataSourceFailure("cannot reach the contact point: \(DataSourceClient.text(error))")
        }
    }
}

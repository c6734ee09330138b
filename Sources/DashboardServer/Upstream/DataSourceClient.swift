import AsyncHTTPClient
import Dashboards
import HTTPTypes
import JSON
import NIOCore
import NIOHTTP1
import Platform
import Synchronization

/// Why a data source gave no answer.
struct DataSourceFailure: Error {
    let message: String

    init(_ message: String) {
        self.message = message
    }
}

/// Sends requests to data sources: without redirects, without cookies, to no link-local address, with
/// a bound on time and size.
final class DataSourceClient: Sendable {
    /// The most bytes of an answer.
    static let responseBytesMax = 64 << 20

    private struct Key: Hashable {
        let host: String
        let address: String
    }

    private let store: DashboardStore
    private let builtIn: BuiltInDataSource?
    private let timeout: TimeAmount
    private let workers: WorkerThreads
    private let clients = Mutex<[Key: HTTPClient]>([:])

    init(
        store: DashboardStore, builtIn: BuiltInDataSource?, timeout: TimeAmount, workers: WorkerThreads
    ) {
        self.store = store
        self.builtIn = builtIn
        self.timeout = timeout
        self.workers = workers
    }

    deinit {
        // Nobody waits for the sockets to close.
        for client in clients.withLock({ Array($0.values) }) { client.shutdown { _ in } }
    }

    /// - Throws: ``DataSourceFailure``, `CancellationError`.
    func send(_ request: DataSourceRequest, to source: DataSource) async throws -> DataSourceResponse {
        if source.isBuiltIn {
            guard let builtIn else {
                throw DataSourceFailure(
                    "this program runs without its own server: there is no built-in data source")
            }
            return try await builtIn(request)
        }
        guard source.access != "direct" || !source.url.isEmpty, HTTPURL.isValid(source.url) else {
            throw DataSourceFailure("the data source \(source.name) has no URL")
        }
        var base = source.url
        while base.hasSuffix("/") { base.removeLast() }
        let client = try await client(for: base)
        var outgoing = HTTPClientRequest(url: base + request.path)
        outgoing.method = HTTPMethod(rawValue: request.method.rawValue)
        for field in request.headers { outgoing.headers.add(name: field.name.rawName, value: field.value) }
        outgoing.headers.replaceOrAdd(name: "User-Agent", value: "martlet")
        for (name, value) in try await secretHeaders(of: source) {
            outgoing.headers.replaceOrAdd(name: name, value: value)
        }
        if request.body.readableBytes > 0 { outgoing.body = .bytes(request.body) }
        do {
            let response = try await client.execute(outgoing, timeout: timeout)
            guard !(300..<400).contains(response.status.code) else {
                throw DataSourceFailure("the data source answered with a redirect, which is not followed")
            }
            let body = try await response.body.collect(upTo: DataSourceClient.responseBytesMax)
            var headers = HTTPFields()
            headers[.contentType] = response.headers.first(name: "content-type")
            return DataSourceResponse(
                status: .init(code: Int(response.status.code)), headers: headers, body: body)
        } catch let error as DataSourceFailure {
            throw error
        } catch is CancellationError {
            throw CancellationError()
        } catch is NIOTooManyBytesError {
            throw DataSourceFailure("the data source's answer is larger than 64 MiB")
        } catch let error as HTTPClientError where error == .cancelled {
            throw CancellationError()
        } catch let error as HTTPClientError where error == .deadlineExceeded || error == .connectTimeout {
            throw DataSourceFailure("the data source did not answer in time")
        } catch {
            throw DataSourceFailure(
                "cannot reach the data source at \(base): \(DataSourceClient.text(error))")
        }
    }

    static func text(_ error: any Error) -> String {
        if let error = error as? IOError { return error.description }
        return "\(error)".contains("ECONNREFUSED") || "\(error)".contains("refused")
            ? "connection refused" : "\(error)"
    }

    /// Basic authentication and the headers that the data source's form names.
    private func secretHeaders(of source: DataSource) async throws -> [(String, String)] {
        guard source.basicAuth || !source.secretNames.isEmpty else { return [] }
        let secrets = try await store.secrets(ofDataSource: source.uid)
        var result: [(String, String)] = []
        if source.basicAuth {
            let pair = source.basicAuthUser + ":" + (secrets["basicAuthPassword"] ?? "")
            result.append(("Authorization", "Basic " + Base64Text.encode(pair)))
        }
        for index in 1...20 {
            guard let name = source.settings.text("httpHeaderName\(index)"),
                let value = secrets["httpHeaderValue\(index)"], HTTPField.Name(name) != nil,
                HTTPField.isValidValue(value)
            else { continue }
            result.append((name, value))
        }
        return result
    }

    // MARK: - Connections

    /// The client for a URL's host, pinned to an address that was checked: what a name leads to cannot
    /// change between the check and the connection.
    ///
    /// - Parameter owner: whose URL it is, named in errors.
    func client(for url: String, of owner: String = "data source") async throws -> HTTPClient {
        let host = URLHost.name(of: url)
        guard !host.isEmpty else { throw DataSourceFailure("the \(owner)'s URL has no host") }
        let addresses: [String]
        do {
            addresses = try await workers.run { _ in NetworkAddress.resolve(host) }
        } catch {
            throw DataSourceFailure("too many requests to \(owner)s at once")
        }
        guard let address = addresses.first else {
            throw DataSourceFailure("cannot find the host \(host) of the \(owner)")
        }
        guard addresses.allSatisfy({ !NetworkAddress.isLinkLocal($0) }) else {
            throw DataSourceFailure(
                "the \(owner)'s address \(address) is link-local, which is not allowed")
        }
        let key = Key(host: host, address: address)
        return clients.withLock { clients in
            if let client = clients[key] { return client }
            if clients.count >= 64, let old = clients.keys.first(where: { $0 != key }),
                let client = clients.removeValue(forKey: old)
            {
                client.shutdown { _ in }
            }
            var configuration = HTTPClient.Configuration(
                redirectConfiguration: .disallow,
                timeout: .init(connect: .seconds(5), read: timeout))
            configuration.dnsOverride = host == address ? [:] : [host: address]
            configuration.httpVersion = .http1Only
            configuration.connectionPool.retryConnectionEstablishment = false
            let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
            clients[key] = client
            return client
        }
    }
}

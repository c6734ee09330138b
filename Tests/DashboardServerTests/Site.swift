import Dashboards
import HTTPTypes
import Instruments
import JSON
import Logging
import NIOCore
import TestKit
import WebServer

@testable import DashboardServer

/// A dashboards role in a temporary folder, asked without a socket.
final class Site: Sendable {
    let folder: TemporaryFolder
    let server: DashboardServer
    let client: RouterClient
    static let password = "correct horse"

    struct Answer {
        let status: Int
        let headers: HTTPFields
        let body: [UInt8]

        var json: JSONValue { (try? JSONValue.parse(body)) ?? .null }
        var text: String { String(decoding: body, as: UTF8.self) }
        var cookies: [String] { headers[values: .setCookie] }
        /// The session cookie as a request sends it.
        var session: String? {
            cookies.first { $0.hasPrefix("grafana_session=") }.map { String($0.prefix { $0 != ";" }) }
        }
    }

    init(
        settings: DashboardSettings = Site.settings,
        builtIn: BuiltInDataSource? = { _ in
            DataSourceResponse(
                status: .ok, headers: [.contentType: "application/json"],
                body: ByteBuffer(
                    string: #"{"status":"success","data":{"resultType":"scalar","result":[1700000000,"2"]}}"#)
            )
        },
        configure: (inout DashboardServerOptions) -> Void = { _ in }
    ) async throws {
        folder = TemporaryFolder()
        let registry = Registry()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        var options = DashboardServerOptions(
            settings: settings, databasePath: folder.path + "/dashboards.db",
            builtInDataSource: builtIn, registry: registry, logger: logger)
        configure(&options)
        server = try await DashboardServer.open(options, hash: PasswordHash(rounds: 1000))
        client = RouterClient(server.router(), logger: logger)
    }

    deinit { server.close() }

    static var settings: DashboardSettings {
        var settings = DashboardSettings()
        settings.adminPassword = password
        return settings
    }

    /// - Parameter login: sent with ``password`` as basic authentication; nil for none.
    func send(
        _ method: HTTPRequest.Method, _ path: String, _ json: JSONValue? = nil,
        as login: String? = "admin", headers: HTTPFields = [:]
    ) async throws -> Answer {
        var headers = headers
        if let login {
            headers[.authorization] = "Basic " + Base64Text.encode("\(login):\(Site.password)")
        }
        if json != nil { headers[.contentType] = "application/json" }
        let answer = try await client.send(
            method, path, headers: headers, body: ByteBuffer(bytes: json?.bytes() ?? []))
        return Answer(
            status: answer.status.code, headers: answer.headers,
            body: Array(buffer: answer.body))
    }

    /// Adds a person with ``password``.
    func addUser(_ login: String, _ role: Role, isServerAdmin: Bool = false) async throws {
        let hash = try await server.accounts.makeHash(Site.password)
        _ = try await server.store.addUser(
            login: login, passwordHash: hash, role: role, isServerAdmin: isServerAdmin)
    }
}

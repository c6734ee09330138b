import ArgumentParser
import JSON
import MetricModel
import NIOCore
import ServerConfig
import WebClient

/// Asks the HTTP API of a server.
struct ServerConnection {
    /// What an answer of the API carries.
    struct Answer {
        var data: JSONValue
        var warnings: [String]
    }

    /// Without a slash at the end.
    let base: String
    private let client: OutgoingClient
    private let headers: [(name: String, value: String)]

    /// - Parameters:
    ///   - server: a URL; `http` unless it names another scheme.
    ///   - flags: those before and those after the command.
    init(_ server: String, _ flags: ConnectionFlags...) throws {
        var base = server.contains("://") ? server : "http://" + server
        while base.hasSuffix("/") { base.removeLast() }
        self.base = base
        headers = flags.flatMap(\.headers).map { header in
            let name = header.prefix { $0 != "=" }
            return (String(name), String(header.dropFirst(name.count + 1)))
        }
        let file = flags.compactMap(\.configFile).last
        client = try OutgoingClient(
            try file.map { try HTTPClientSettings.load($0) } ?? HTTPClientSettings(),
            userAgent: "martlet/\(Program.version)")
    }

    /// A GET of a path; whatever status comes.
    func get(_ path: String, timeout: Int64) async throws -> (status: Int, body: [UInt8]) {
        var request = OutgoingRequest(url: base + path)
        request.headers = headers
        request.timeout = timeout
        let response = try await client.send(request)
        return (response.status, Array(response.body.readableBytesView))
    }

    /// Calls a route of the API by POST with a form, or by GET when it has no parameters that could be long.
    /// When it fails, says so as promtool does and ends with exit code 1.
    func call(_ path: String, _ form: [(name: String, value: String)], usesGet: Bool = false) async throws
        -> Answer
    {
        let text = form.map { FormText.encoded($0.name) + "=" + FormText.encoded($0.value) }.joined(
            separator: "&")
        var request = OutgoingRequest(url: base + path)
        request.headers = headers
        request.timeout = 120_000
        if usesGet {
            request.url += text.isEmpty ? "" : "?" + text
        } else {
            request.method = "POST"
            request.headers.append(("Content-Type", "application/x-www-form-urlencoded"))
            request.body = Array(text.utf8)
        }
        let response: OutgoingResponse
        do {
            response = try await client.send(request)
        } catch {
            throw ServerConnection.failure("\(error)")
        }
        let body = response.body.readableBytesView
        guard let json = try? JSONValue.parse(body, limits: JSONLimits(bytes: 1 << 30, depth: 1000)),
            let status = json["status"]?.string
        else {
            let detail = String(decoding: body.prefix(500), as: UTF8.self)
            throw ServerConnection.failure(
                "server_error: server error: \(response.status) (detail: \(detail))")
        }
        guard status == "success" else {
            throw ServerConnection.failure(
                "\(json["errorType"]?.string ?? "server_error"): \(json["error"]?.string ?? "")")
        }
        return Answer(
            data: json["data"] ?? .null,
            warnings: (json["warnings"]?.array ?? []).compactMap(\.string)
                + (json["infos"]?.array ?? []).compactMap(\.string))
    }

    static func failure(_ message: String) -> ExitCode {
        StandardError.write("query error: \(message)\n")
        return ExitCode(1)
    }
}

/// `application/x-www-form-urlencoded`.
enum FormText {
    static func encoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var result: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "~"):
                result.append(byte)
            default: result += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}

import TestKit
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// `martlet up` on free ports.
final class UpUnderTest: Sendable {
    let folder: TemporaryFolder
    let program: RunningProgram
    let ports: Ports

    struct Ports: Sendable {
        var webapp: Int
        var server: Int
        var dashboards: Int
        var containers: Int
        var all: [Int] { [webapp, server, dashboards, containers] }
    }

    /// Starts it and waits until all addresses answer.
    ///
    /// - Parameter folder: with the data of an earlier start, or empty.
    init(in folder: TemporaryFolder = TemporaryFolder(), flags: [String] = []) async throws {
        self.folder = folder
        let free = try LocalPort.free(4)
        ports = Ports(webapp: free[0], server: free[1], dashboards: free[2], containers: free[3])
        program = try BuiltProgram.start(
            [
                "up", "--data", folder.path + "/data", "--webapp-address", "127.0.0.1:\(free[0])",
                "--server-address", "127.0.0.1:\(free[1])", "--dashboards-address", "127.0.0.1:\(free[2])",
                "--containers-address", "127.0.0.1:\(free[3])",
            ] + flags, in: folder)
        let program = self.program
        do {
            try await eventually("martlet up") {
                if let ending = program.poll() { throw TestFailure("it ended: \(ending)") }
                return program.output.contains("Martlet is up") ? true : nil
            }
            let port = ports.server
            try await eventually("the storage") {
                try LocalHTTP.get(port, "/-/ready").status == 200 ? true : nil
            }
        } catch {
            throw TestFailure("\(error)\n\(program.output)")
        }
    }

    /// The body of a query's answer.
    func query(_ expression: String, at time: Double? = nil) throws -> String {
        var path = "/api/v1/query?query=" + Self.encoded(expression)
        if let time { path += "&time=\(time)" }
        return try LocalHTTP.get(ports.server, path).text
    }

    /// Waits until a query has a result. Returns the value of its first sample.
    @discardableResult
    func value(of expression: String, within seconds: Double = 90) async throws -> Double {
        try await eventually(within: seconds, "a value of \(expression)") {
            try Self.firstValue(try self.query(expression))
        }
    }

    /// `…"value":[1700000000,"3"]…`
    static func firstValue(_ answer: String) throws -> Double? {
        guard answer.contains("\"status\":\"success\"") else { throw TestFailure(answer) }
        guard let start = answer.firstRange(of: "\"value\":[") else { return nil }
        let parts = answer[start.upperBound...].prefix { $0 != "]" }.split(separator: ",")
        guard parts.count == 2 else { throw TestFailure(answer) }
        return Double(parts[1].filter { $0 != "\"" })
    }

    static func encoded(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: result.unicodeScalars.append(Unicode.Scalar(byte))
            default: result += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return result
    }

    static func login(_ user: String, _ password: String) -> [String: String] {
        ["Authorization": "Basic " + base64(Array("\(user):\(password)".utf8))]
    }

    private static func base64(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var result = ""
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            var bits = group.reduce(0) { $0 << 8 | Int($1) }
            bits <<= 8 * (3 - group.count)
            for place in 0..<4 {
                result.append(place <= group.count ? alphabet[bits >> (18 - 6 * place) & 63] : "=")
            }
        }
        return result
    }
}

import HTTPTypes
public import Hummingbird
import NIOCore

/// The parameters of a request: those of an URL-encoded body first, then those of the query string, as
/// Go's server orders them. A name may come several times.
public struct FormValues: Sendable {
    /// The most parameters of one request.
    public static let countMax = 20_000

    private var pairs: [(name: String, value: String)] = []

    /// Reads the query string, and the body when it is a form.
    ///
    /// - Parameter bodyBytesMax: the longest body that is taken.
    /// - Throws: `requestTooLarge`, `malformedForm`.
    public static func read(_ request: Request, bodyBytesMax: Int = 10 << 20) async throws -> FormValues {
        var result = FormValues()
        let type = (request.headers[.contentType] ?? "").prefix { $0 != ";" }.lowercased()
        if type == "application/x-www-form-urlencoded" {
            do {
                let body = try await request.body.collect(upTo: bodyBytesMax)
                try result.append(Array(buffer: body)[...])
            } catch is NIOTooManyBytesError {
                throw WebServerError(
                    .requestTooLarge, "cannot read the form: it has more than \(bodyBytesMax) bytes")
            }
        }
        try result.append(Array((request.uri.query ?? "").utf8)[...])
        return result
    }

    /// Reads the text of a query string.
    ///
    /// - Throws: `malformedForm`.
    public init(query: String) throws(WebServerError) {
        try append(Array(query.utf8)[...])
    }

    /// Reads a body and a query string.
    ///
    /// - Throws: `malformedForm`, `requestTooLarge`.
    init(body: ArraySlice<UInt8>, query: ArraySlice<UInt8>) throws(WebServerError) {
        try append(body)
        try append(query)
    }

    private init() {}

    /// The first value with this name; nil when there is none.
    public subscript(name: String) -> String? { pairs.first { $0.name == name }?.value }

    /// All values with this name, in their order.
    public func all(_ name: String) -> [String] { pairs.filter { $0.name == name }.map(\.value) }

    private mutating func append(_ bytes: ArraySlice<UInt8>) throws(WebServerError) {
        var start = bytes.startIndex
        while start < bytes.endIndex {
            var end = start
            var equals: Int?
            while end < bytes.endIndex, bytes[end] != UInt8(ascii: "&") {
                if equals == nil, bytes[end] == UInt8(ascii: "=") { equals = end }
                end += 1
            }
            if end > start {
                guard pairs.count < FormValues.countMax else {
                    throw WebServerError(
                        .requestTooLarge,
                        "cannot read the form: it has more than \(FormValues.countMax) parameters")
                }
                let name = try Self.decode(bytes[start..<(equals ?? end)])
                let value = if let equals { try Self.decode(bytes[(equals + 1)..<end]) } else { "" }
                pairs.append((name, value))
            }
            start = end + 1
        }
    }

    /// The text that an URL-encoded one stands for: `%xx` is a byte, `+` a space.
    private static func decode(_ bytes: ArraySlice<UInt8>) throws(WebServerError) -> String {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        var position = bytes.startIndex
        while position < bytes.endIndex {
            let byte = bytes[position]
            if byte == UInt8(ascii: "+") {
                output.append(UInt8(ascii: " "))
            } else if byte == UInt8(ascii: "%") {
                guard position + 2 < bytes.endIndex, let high = hexDigit(bytes[position + 1]),
                    let low = hexDigit(bytes[position + 2])
                else {
                    let escape = String(
                        decoding: bytes[position..<min(position + 3, bytes.endIndex)], as: UTF8.self)
                    throw WebServerError(
                        .malformedForm, "error parsing form values: invalid URL escape \"\(escape)\"")
                }
                output.append(high << 4 | low)
                position += 2
            } else {
                output.append(byte)
            }
            position += 1
        }
        guard let text = String(validating: output, as: UTF8.self) else {
            throw WebServerError(.malformedForm, "error parsing form values: a parameter is not UTF-8")
        }
        return text
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// The text of one element of a path, in which `+` stands for itself.
    ///
    /// - Throws: `malformedForm`.
    public static func decodePathElement(_ text: String) throws(WebServerError) -> String {
        var escaped: [UInt8] = []
        for byte in text.utf8 {
            if byte == UInt8(ascii: "+") {
                escaped.append(contentsOf: "%2B".utf8)
            } else {
                escaped.append(byte)
            }
        }
        return try decode(escaped[...])
    }
}

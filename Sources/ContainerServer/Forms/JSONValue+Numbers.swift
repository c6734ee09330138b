import ContainerStats
import JSON

extension JSONValue {
    /// A counter, exact whatever its size.
    static func counter(_ value: UInt64) -> JSONValue { .number(String(value)) }

    /// A time in RFC 3339.
    ///
    /// - Parameter milliseconds: since 1970.
    static func time(_ milliseconds: Int64) -> JSONValue {
        .string(
            RFC3339.text(nanoseconds: milliseconds.multipliedReportingOverflow(by: 1_000_000).partialValue))
    }

    /// - Parameter seconds: since 1970.
    static func time(seconds: Double) -> JSONValue {
        .string(RFC3339.text(nanoseconds: Int64(max(0, min(seconds, 9e9)) * 1e9)))
    }

    /// Names and values.
    static func strings(_ pairs: [(name: String, value: String)]) -> JSONValue {
        .object(JSONObject(pairs.map { ($0.name, JSONValue.string($0.value)) }))
    }

    /// An object without the members that are nil.
    static func members(_ members: [(String, JSONValue?)]) -> JSONValue {
        .object(JSONObject(members.compactMap { name, value in value.map { (name, $0) } }))
    }
}

import MetricModel
import PromQLSyntax

/// A script that cannot be read.
public struct ScriptError: Error, Sendable, CustomStringConvertible {
    public let message: String
    /// From 1; 0 when it is not known.
    public var line: Int

    init(_ message: String, line: Int = 0) {
        self.message = message
        self.line = line
    }

    public var description: String { line > 0 ? "line \(line): \(message)" : message }
}

enum ScriptText {
    /// The content of a quoted string, by PromQL's rules.
    static func unquoted(_ text: String) throws(ScriptError) -> String {
        do {
            if case .string(let literal) = try Expression.parse(text) { return literal.value }
        } catch { throw ScriptError("cannot read the string \(text): \(error.message)") }
        throw ScriptError("cannot read the string \(text)")
    }
}

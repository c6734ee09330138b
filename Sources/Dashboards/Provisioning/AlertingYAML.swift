public import JSON
import Yams

/// Writes files below `alerting`.
public enum AlertingYAML {
    /// A document as YAML that reads back as the same.
    public static func text(_ document: JSONObject) -> String {
        (try? Yams.serialize(node: node(.object(document)), width: -1, allowUnicode: true)) ?? ""
    }

    private static func node(_ value: JSONValue) -> Node {
        switch value {
        case .null: return Node("null", Tag(.null), .plain)
        case .bool(let flag): return Node(flag ? "true" : "false", Tag(.bool), .plain)
        case .number(let text): return Node(text, Tag(.float), .plain)
        case .string(let text):
            return Node(
                text, Tag(.str), text.contains("\n") ? .literal : isPlain(text) ? .plain : .doubleQuoted)
        case .array(let items): return Node(items.map(node), Tag(.seq), items.isEmpty ? .flow : .block)
        case .object(let object):
            return Node(
                object.members.map {
                    (Node($0.name, Tag(.str), isPlain($0.name) ? .plain : .doubleQuoted), node($0.value))
                },
                Tag(.map), object.members.isEmpty ? .flow : .block)
        }
    }

    /// Whether a text means itself without quotes.
    private static func isPlain(_ text: String) -> Bool {
        guard let first = text.first, first.isLetter else { return false }
        let words: Set = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"]
        return !words.contains(text.lowercased())
            && text.allSatisfy {
                $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" || $0 == "/")
            }
    }

    /// A text that provisioning reads as itself.
    public static func escaped(_ text: String) -> String { text.replacing("$", with: "$$") }

    /// Doubles the dollars where provisioning would fill in variables.
    public static func escapingDollars(_ object: JSONObject) -> JSONValue {
        .object(
            JSONObject(
                object.members.map { name, value in
                    (name, ProvisioningFile.alertingMembers.contains(name) ? value : escapingDollars(value))
                }))
    }

    private static func escapingDollars(_ value: JSONValue) -> JSONValue {
        switch value {
        case .string(let text): .string(escaped(text))
        case .array(let items): .array(items.map(escapingDollars))
        case .object(let object): escapingDollars(object)
        case .null, .bool, .number: value
        }
    }
}

import JSON
import Yams

/// A YAML file of the operator as a JSON document, with variables of the environment filled in.
enum ProvisioningFile {
    /// Nodes of one file, aliases counted each time they are used.
    private static let nodesMax = 100_000

    /// Members of files of alerting whose texts keep their dollars: they are queries and templates, where
    /// `$A` and `$labels` mean something else. As in the original.
    static let alertingMembers: Set<String> = ["annotations", "model", "template"]

    /// - Parameter plainMembers: members in which no variable is filled in.
    /// - Throws: `invalidInput` with file and place; `storage`.
    static func read(
        _ path: String, environment: [String: String], plainMembers: Set<String> = []
    ) throws(DashboardsError) -> JSONObject {
        let text = String(decoding: try FileTree.read(path), as: UTF8.self)
        let node: Node?
        do {
            node = try Yams.compose(yaml: text)
        } catch {
            throw DashboardsError(.invalidInput, "cannot read \(path): \(error)")
        }
        guard let node else { return [:] }
        var budget = nodesMax
        let source = Source(path: path, environment: environment, plainMembers: plainMembers)
        guard case .object(let object) = try value(node, source, isPlain: false, depth: 0, &budget) else {
            throw DashboardsError(.invalidInput, "cannot read \(path): want a mapping at the top")
        }
        return object
    }

    private struct Source {
        let path: String
        let environment: [String: String]
        let plainMembers: Set<String>
    }

    private static func value(
        _ node: Node, _ source: Source, isPlain: Bool, depth: Int, _ budget: inout Int
    ) throws(DashboardsError) -> JSONValue {
        budget -= 1
        let path = source.path
        guard budget > 0, depth < 100 else {
            throw DashboardsError(.invalidInput, "cannot read \(path): too large or nested too deep")
        }
        switch node {
        case .scalar(let scalar):
            if node.null != nil { return .null }
            if scalar.style == .plain, !scalar.string.contains("$") {
                if let bool = node.bool { return .bool(bool) }
                if let whole = node.int { return .number(whole) }
                if let real = node.float { return .number(real) }
            }
            return .string(isPlain ? scalar.string : expand(scalar.string, source.environment))
        case .sequence(let sequence):
            var items: [JSONValue] = []
            for item in sequence {
                items.append(try value(item, source, isPlain: isPlain, depth: depth + 1, &budget))
            }
            return .array(items)
        case .mapping(let mapping):
            var object = JSONObject()
            for (name, item) in mapping {
                let name = name.string ?? ""
                object[name] = try value(
                    item, source, isPlain: isPlain || source.plainMembers.contains(name), depth: depth + 1,
                    &budget)
            }
            return .object(object)
        case .alias:
            throw DashboardsError(.invalidInput, "cannot read \(path): an alias leads nowhere")
        }
    }

    /// `$NAME` and `${NAME}`; `$$` is a dollar.
    static func expand(_ text: String, _ environment: [String: String]) -> String {
        var result = ""
        var rest = Substring(text)
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            let after = rest[rest.index(after: dollar)...]
            if after.hasPrefix("$") {
                result += "$"
                rest = after.dropFirst()
            } else if after.hasPrefix("{"), let close = after.firstIndex(of: "}") {
                result += environment[String(after[after.index(after: after.startIndex)..<close])] ?? ""
                rest = after[after.index(after: close)...]
            } else {
                let name = after.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
                result += name.isEmpty ? "$" : environment[String(name)] ?? ""
                rest = after.dropFirst(name.count)
            }
        }
        return result + rest
    }
}

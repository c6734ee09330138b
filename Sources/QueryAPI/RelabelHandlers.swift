import JSON
import MetricModel
import Scraping
import WebServer

/// How a job is configured, and what its relabeling makes of labels.
enum RelabelHandlers {
    static func poolConfiguration(_ call: APICall) throws(APIError) -> APIAnswer {
        let pool = call.form["scrapePool"] ?? ""
        guard !pool.isEmpty else { throw .parameter("scrapePool", "scrapePool must be set") }
        guard let text = call.services.poolConfigurationText(pool) else {
            throw .parameter("scrapePool", "scrape pool \(LabelText.quoted(pool)) not found")
        }
        return try call.success { json throws(APIError) in
            json.object { json in
                json.member("yaml")
                json.string(text)
            }
        }
    }

    static func steps(_ call: APICall) throws(APIError) -> APIAnswer {
        let pool = call.form["scrapePool"] ?? ""
        guard let configuration = call.services.scrape.configuration(pool) else {
            throw .parameter("scrapePool", "scrape pool \(LabelText.quoted(pool)) not found")
        }
        var labels = LabelsBuilder()
        let text = call.form["labels"] ?? ""
        guard let value = try? JSONValue.parse(Array(text.utf8)), case .object(let object) = value else {
            throw .parameter("labels", "want a JSON object of strings")
        }
        for (name, value) in object.members {
            guard case .string(let text) = value, text.utf8.count <= Labels.stringLengthMax,
                name.utf8.count <= Labels.stringLengthMax
            else {
                throw .parameter("labels", "want a JSON object of strings")
            }
            labels.set(name, text)
        }
        return try call.success { json throws(APIError) in
            json.object { json in
                json.member("steps")
                json.array { json in
                    for rule in configuration.relabelRules {
                        let isKept = rule.apply(to: &labels)
                        json.element()
                        json.object { json in
                            json.member("rule")
                            json.write(rule)
                            json.member("output")
                            json.labels(labels.labels())
                            json.member("keep")
                            json.bool(isKept)
                        }
                        if !isKept { break }
                    }
                }
            }
        }
    }
}

extension AnswerWriter {
    fileprivate mutating func write(_ rule: RelabelRule) {
        object { json in
            if !rule.sourceLabels.isEmpty {
                json.member("sourceLabels")
                json.strings(rule.sourceLabels)
            }
            for (name, value) in [
                ("separator", rule.separator), ("regex", rule.regex.text), ("targetLabel", rule.targetLabel),
                ("replacement", rule.replacement), ("action", rule.action.rawValue),
            ] where !value.isEmpty {
                json.member(named: name)
                json.string(value)
            }
            if rule.modulus > 0 {
                json.member("modulus")
                json.integer(rule.modulus)
            }
        }
    }
}

import Crypto
import MetricModel
import WebServer

/// Rules, alerts and where alerts go.
enum RuleHandlers {
    static func alerts(_ call: APICall) throws(APIError) -> APIAnswer {
        try call.success { json throws(APIError) in
            json.object { json in
                json.member("alerts")
                json.array { json in
                    for group in call.services.ruleGroups() {
                        for rule in group.rules {
                            for alert in rule.alerting?.alerts ?? [] {
                                json.element()
                                json.write(alert)
                            }
                        }
                    }
                }
            }
        }
    }

    static func alertmanagers(_ call: APICall) throws(APIError) -> APIAnswer {
        let (active, dropped) = call.services.alertmanagers()
        return try call.success { json throws(APIError) in
            json.object { json in
                json.member("activeAlertmanagers")
                json.addresses(active)
                json.member("droppedAlertmanagers")
                json.addresses(dropped)
            }
        }
    }

    static func rules(_ call: APICall) throws(APIError) -> APIAnswer {
        let filter = try Filter(call)
        let page = try Page(call)
        var groups: [RuleGroupStatus] = []
        var nextToken: String?
        var foundToken = page.token.isEmpty
        for group in call.services.ruleGroups() {
            if page.limit > 0, !foundToken {
                guard page.token == token(of: group) else { continue }
                foundToken = true
            }
            guard let kept = filter.keep(group) else { continue }
            if page.limit > 0, groups.count == page.limit {
                nextToken = token(of: group)
                break
            }
            groups.append(kept)
        }
        guard foundToken else {
            throw .parameter(
                "group_next_token", "invalid group_next_token '\(page.token)'. were rule groups changed?")
        }
        return try call.success { json throws(APIError) in
            try json.object { json throws(APIError) in
                json.member("groups")
                try json.array { json throws(APIError) in
                    for group in groups {
                        json.element()
                        json.write(group, showsAlerts: !filter.excludesAlerts)
                        try json.checkSize()
                    }
                }
                if let nextToken {
                    json.member("groupNextToken")
                    json.string(nextToken)
                }
            }
        }
    }

    /// The hexadecimal SHA-256 of `file;group`.
    private static func token(of group: RuleGroupStatus) -> String {
        SHA256.hash(data: Array("\(group.file);\(group.name)".utf8)).reduce(into: "") { text, byte in
            text += (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
    }

    /// Which rules are wanted.
    private struct Filter {
        let names: Set<String>
        let groups: Set<String>
        let files: Set<String>
        let selectors: [[LabelMatcher]]
        let type: String
        let excludesAlerts: Bool

        init(_ call: APICall) throws(APIError) {
            names = Set(call.form.all("rule_name[]"))
            groups = Set(call.form.all("rule_group[]"))
            files = Set(call.form.all("file[]"))
            selectors = try call.form.selectors()
            type = (call.form["type"] ?? "").lowercased()
            guard ["", "alert", "record"].contains(type) else {
                throw .parameter("type", "not supported value \(LabelText.quoted(type))")
            }
            switch call.form["exclude_alerts"] ?? "" {
            case "", "0", "f", "F", "false", "False", "FALSE": excludesAlerts = false
            case "1", "t", "T", "true", "True", "TRUE": excludesAlerts = true
            case let text:
                throw .parameter(
                    "exclude_alerts",
                    "error converting exclude_alerts: strconv.ParseBool: parsing \(LabelText.quoted(text)): invalid syntax"
                )
            }
        }

        /// The group with the wanted rules only; nil when there are none.
        func keep(_ group: RuleGroupStatus) -> RuleGroupStatus? {
            guard groups.isEmpty || groups.contains(group.name), files.isEmpty || files.contains(group.file)
            else { return nil }
            var group = group
            group.rules.removeAll { rule in
                let isWanted =
                    (type.isEmpty || (type == "alert") == (rule.alerting != nil))
                    && (names.isEmpty || names.contains(rule.name))
                    && (selectors.isEmpty
                        || selectors.contains { matchers in matchers.allSatisfy { $0.matches(rule.labels) } })
                return !isWanted
            }
            return group.rules.isEmpty ? nil : group
        }
    }

    private struct Page {
        /// The most groups; 0 is no bound.
        var limit = 0
        /// Of the first group; empty for the first page.
        var token = ""

        init(_ call: APICall) throws(APIError) {
            let text = call.form["group_limit"] ?? ""
            token = call.form["group_next_token"] ?? ""
            guard !text.isEmpty else {
                guard token.isEmpty else {
                    throw .parameter(
                        "group_next_token",
                        "group_limit needs to be present in order to paginate over the groups")
                }
                return
            }
            guard let number = Int32(text) else {
                throw .parameter(
                    "group_limit",
                    "group_limit needs to be a valid number: strconv.ParseInt: parsing \(LabelText.quoted(text)): invalid syntax"
                )
            }
            guard number > 0 else {
                throw .parameter("group_limit", "group_limit needs to be greater than 0")
            }
            limit = Int(number)
        }
    }
}

extension AnswerWriter {
    fileprivate mutating func addresses(_ urls: [String]) {
        array { json in
            for url in urls {
                json.element()
                json.object { json in
                    json.member("url")
                    json.string(url)
                }
            }
        }
    }

    fileprivate mutating func write(_ alert: AlertStatus) {
        object { json in
            json.member("labels")
            json.labels(alert.labels)
            json.member("annotations")
            json.labels(alert.annotations)
            json.member("state")
            json.string(alert.state.rawValue)
            json.member("activeAt")
            json.time(alert.activeAt)
            if let since = alert.keepFiringSince {
                json.member("keepFiringSince")
                json.time(since)
            }
            json.member("value")
            json.string(ExponentText.string(alert.value))
        }
    }

    fileprivate mutating func write(_ group: RuleGroupStatus, showsAlerts: Bool) {
        object { json in
            json.member("name")
            json.string(group.name)
            json.member("file")
            json.string(group.file)
            json.member("rules")
            json.array { json in
                for rule in group.rules {
                    json.element()
                    json.write(rule, showsAlerts: showsAlerts)
                }
            }
            json.member("interval")
            json.number(group.interval)
            json.member("limit")
            json.integer(group.limit)
            json.member("evaluationTime")
            json.number(group.evaluationSeconds)
            json.member("lastEvaluation")
            json.time(group.lastEvaluation)
        }
    }

    private mutating func write(_ rule: RuleStatus, showsAlerts: Bool) {
        object { json in
            if let alerting = rule.alerting {
                json.member("state")
                json.string(alerting.state.rawValue)
            }
            json.member("name")
            json.string(rule.name)
            json.member("query")
            json.string(rule.query)
            if let alerting = rule.alerting {
                json.member("duration")
                json.number(alerting.holdSeconds)
                json.member("keepFiringFor")
                json.number(alerting.keepFiringSeconds)
            }
            json.member("labels")
            json.labels(rule.labels)
            if let alerting = rule.alerting {
                json.member("annotations")
                json.labels(alerting.annotations)
                json.member("alerts")
                if showsAlerts {
                    json.array { json in
                        for alert in alerting.alerts {
                            json.element()
                            json.write(alert)
                        }
                    }
                } else {
                    json.raw("null")
                }
            }
            json.member("health")
            json.string(rule.health.rawValue)
            if !rule.lastError.isEmpty {
                json.member("lastError")
                json.string(rule.lastError)
            }
            json.member("evaluationTime")
            json.number(rule.evaluationSeconds)
            json.member("lastEvaluation")
            json.time(rule.lastEvaluation)
            json.member("type")
            json.string(rule.alerting == nil ? "recording" : "alerting")
        }
    }
}

/// Values of alerts, which always have an exponent: `1e+00`.
enum ExponentText {
    static func string(_ value: Double) -> String {
        guard value.isFinite, value != 0 else {
            if value == 0 { return value.sign == .minus ? "-0e+00" : "0e+00" }
            return FloatText.string(value, style: .json)
        }
        // The shortest digits, whatever their place.
        var digits: [UInt8] = []
        var point: Int?
        var exponent = 0
        let text = Array(value.magnitude.description.utf8)
        for (index, byte) in text.enumerated() {
            if byte == UInt8(ascii: ".") {
                point = digits.count
            } else if byte == UInt8(ascii: "e") {
                exponent = Int(String(decoding: text[(index + 1)...], as: UTF8.self)) ?? 0
                break
            } else {
                digits.append(byte)
            }
        }
        exponent += (point ?? digits.count) - 1
        while digits.count > 1, digits[0] == UInt8(ascii: "0") {
            digits.removeFirst()
            exponent -= 1
        }
        while digits.count > 1, digits[digits.count - 1] == UInt8(ascii: "0") { digits.removeLast() }
        var result = value < 0 ? "-" : ""
        result += String(decoding: digits.prefix(1), as: UTF8.self)
        if digits.count > 1 { result += "." + String(decoding: digits.dropFirst(), as: UTF8.self) }
        result += exponent < 0 ? "e-" : "e+"
        return result + (exponent.magnitude < 10 ? "0" : "") + String(exponent.magnitude)
    }
}

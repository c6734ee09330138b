import Dashboards
import JSON

// Services that take a message over HTTP in a form of their own. Sources: their API references and what the
// original sends.
extension AlertDelivery {
    /// Cuts a text to so many characters, as services refuse longer ones.
    private static func cut(_ text: String?, _ most: Int) -> String {
        guard let text, text.unicodeScalars.count > most else { return text ?? "" }
        var result = String.UnicodeScalarView()
        result.append(contentsOf: text.unicodeScalars.prefix(most - 1))
        return String(result) + "…"
    }

    private var listURL: String { rootURL + "alerting/list" }

    func sendToDiscord(
        _ group: AlertNoticeGroup, _ settings: JSONObject, _ texts: [String: String]
    ) async throws {
        let message = JSONValue.string(AlertDelivery.cut(texts["message"], 2000))
        var embed: JSONObject = [
            "title": .string(AlertDelivery.cut(texts["title"], 256)), "type": "rich", "url": .string(listURL),
            "color": .number(group.firing.isEmpty ? 0x36_A6_4F : 0xD6_32_32), "footer": ["text": "Martlet"],
        ]
        var body: JSONObject = [:]
        if settings.flag("use_embed_description") == true {
            embed["description"] = message
        } else {
            body["content"] = message
        }
        body["embeds"] = [.object(embed)]
        if settings.flag("use_discord_username") != true { body["username"] = "Martlet" }
        if let avatar = texts["avatar_url"], !avatar.isEmpty { body["avatar_url"] = .string(avatar) }
        try await post(settings.text("url") ?? "", [], .object(body))
    }

    func sendToTeams(
        _ group: AlertNoticeGroup, _ settings: JSONObject, _ texts: [String: String]
    ) async throws {
        let title = JSONValue.string(texts["title"] ?? "")
        let card: JSONValue = [
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard",
            "version": "1.4", "msTeams": ["width": "Full"],
            "body": [
                [
                    "type": "TextBlock", "text": title, "color": group.firing.isEmpty ? "good" : "attention",
                    "size": "large", "weight": "bolder", "wrap": true,
                ],
                ["type": "TextBlock", "text": .string(texts["message"] ?? ""), "wrap": true],
                [
                    "type": "ActionSet",
                    "actions": [["type": "Action.OpenUrl", "title": "View URL", "url": .string(listURL)]],
                ],
            ],
        ]
        try await post(
            settings.text("url") ?? "", [],
            [
                "type": "message", "summary": title,
                "attachments": [
                    ["contentType": "application/vnd.microsoft.card.adaptive", "content": card]
                ],
            ])
    }

    func sendToTelegram(_ settings: JSONObject, _ texts: [String: String]) async throws {
        let token = settings.text("bottoken") ?? ""
        // It becomes a part of the address.
        guard token.utf8.allSatisfy({ $0 > 32 && $0 < 127 && !"/?#%\\".utf8.contains($0) }) else {
            throw Failure(message: "settings.bottoken is no token of a bot", isPassing: false)
        }
        func plain(_ key: String) -> String? {
            settings.text(key) ?? settings.whole(key).map(String.init)
        }
        var body: JSONObject = [
            "chat_id": .string(plain("chatid") ?? ""),
            "text": .string(AlertDelivery.cut(texts["message"], 4096)),
        ]
        if let thread = plain("message_thread_id"), !thread.isEmpty {
            body["message_thread_id"] = .string(thread)
        }
        let mode = settings.text("parse_mode").flatMap { $0.isEmpty ? nil : $0 } ?? "HTML"
        let known = ["Markdown", "MarkdownV2", "HTML"].first { $0.lowercased() == mode.lowercased() }
        if let known { body["parse_mode"] = .string(known) }
        for (ours, theirs) in [
            ("disable_web_page_preview", "disable_web_page_preview"), ("protect_content", "protect_content"),
            ("disable_notifications", "disable_notification"),
        ] where settings.flag(ours) == true {
            body[theirs] = true
        }
        try await post("\(telegramURL)/bot\(token)/sendMessage", [], .object(body))
    }

    func sendToPagerDuty(
        _ group: AlertNoticeGroup, _ settings: JSONObject, _ texts: [String: String]
    ) async throws {
        func text(_ key: String, _ most: Int = 1024) -> JSONValue {
            .string(AlertDelivery.cut(texts[key], most))
        }
        let severity = texts["severity"]?.lowercased() ?? ""
        var details: JSONObject = [:]
        for key in texts.keys.sorted() where key.hasPrefix("details.") {
            // An event has at most 512 KB.
            details[String(key.dropFirst("details.".count))] = text(key, 50_000)
        }
        let payload: JSONValue = [
            "summary": text("summary"), "source": text("source"), "component": text("component"),
            "group": text("group"), "class": text("class"), "custom_details": .object(details),
            "severity": ["critical", "error", "warning", "info"].contains(severity)
                ? .string(severity) : "critical",
        ]
        let url = settings.text("url").flatMap { $0.isEmpty ? nil : $0 }
        try await post(
            url ?? "https://events.pagerduty.com/v2/enqueue", [],
            [
                "routing_key": .string(settings.text("integrationKey") ?? ""),
                "dedup_key": .string(AlertPayload.key(group)),
                "event_action": group.firing.isEmpty ? "resolve" : "trigger", "payload": payload,
                "client": text("client"), "client_url": text("client_url"),
                "links": [["href": .string(rootURL), "text": "External URL"]],
            ])
    }

    func sendToOpsgenie(
        _ group: AlertNoticeGroup, _ settings: JSONObject, _ texts: [String: String]
    ) async throws {
        var base =
            settings.text("apiUrl").flatMap { $0.isEmpty ? nil : $0 } ?? "https://api.opsgenie.com/v2/alerts"
        while base.hasSuffix("/") { base.removeLast() }
        let headers = [("Authorization", "GenieKey " + (settings.text("apiKey") ?? ""))]
        let alias = AlertPayload.key(group)
        guard !group.firing.isEmpty else {
            guard settings.flag("autoClose") ?? true else { return }
            try await post("\(base)/\(alias)/close?identifierType=alias", headers, ["source": "Martlet"])
            return
        }
        let labels = group.common(\.labels)
        let sends = settings.text("sendTagsAs") ?? "tags"
        var details: JSONObject = ["url": .string(listURL)]
        if sends == "details" || sends == "both" {
            for (name, value) in labels.sorted(by: { $0.key < $1.key }) { details[name] = .string(value) }
        }
        let description = texts["description"] ?? ""
        var body: JSONObject = [
            "alias": .string(alias), "message": .string(AlertDelivery.cut(texts["message"], 130)),
            "description": .string(AlertDelivery.cut(description, 15_000)), "source": "Martlet",
            "details": .object(details),
            "tags": .array(
                sends == "details" ? [] : labels.map { "\($0.key):\($0.value)" }.sorted().map { .string($0) }),
        ]
        if let priority = labels["og_priority"], settings.flag("overridePriority") ?? true,
            ["P1", "P2", "P3", "P4", "P5"].contains(priority)
        {
            body["priority"] = .string(priority)
        }
        let responders = settings["responders"]?.array ?? []
        if !responders.isEmpty { body["responders"] = .array(responders) }
        try await post(base, headers, .object(body))
    }
}

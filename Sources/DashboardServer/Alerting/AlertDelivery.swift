import Dashboards
import HTTPTypes
import JSON
import NIOCore
import Rules

/// Sends groups of alerts to contact points.
struct AlertDelivery: Sendable {
    let client: DataSourceClient
    let wording: AlertWording
    /// Where bots of Telegram are reached.
    var telegramURL = "https://api.telegram.org"
    /// nil when the operator has set no mail server.
    var mail: AlertMail?

    var rootURL: String { wording.rootURL }

    /// Why a delivery failed.
    struct Failure: Error {
        let message: String
        /// Whether trying again may help.
        var isPassing = true
    }

    /// - Parameters:
    ///   - point: with its secrets.
    ///   - templates: what its settings may call.
    /// - Throws: ``Failure``, `CancellationError`.
    func send(
        _ group: AlertNoticeGroup, to point: ContactPoint,
        _ templates: NotificationTemplates = NotificationTemplates([])
    ) async throws {
        if let name = point.unreadableSecrets.first {
            throw Failure(message: "cannot read settings.\(name): its key has changed", isPassing: false)
        }
        let settings = point.fullSettings
        let texts = try await wording.texts(of: point, settings, group, templates)
        switch point.type {
        case "webhook": try await sendWebhook(group, settings, texts)
        case "prometheus-alertmanager", "alertmanager": try await sendToAlertmanagers(group, settings)
        case "slack": try await sendToSlack(group, settings, texts)
        case "email": try await sendMail(group, settings, texts)
        case "discord": try await sendToDiscord(group, settings, texts)
        case "teams": try await sendToTeams(group, settings, texts)
        case "telegram": try await sendToTelegram(settings, texts)
        case "pagerduty": try await sendToPagerDuty(group, settings, texts)
        case "opsgenie": try await sendToOpsgenie(group, settings, texts)
        default:
            throw Failure(
                message: "notifications of type \(point.type) cannot be sent from here", isPassing: false)
        }
    }

    private func sendWebhook(
        _ group: AlertNoticeGroup, _ settings: JSONObject, _ texts: [String: String]
    ) async throws {
        for key in ["tlsConfig", "hmacConfig", "http_config", "payload"] {
            if case .object(let object)? = settings[key],
                object.members.contains(where: { !$0.value.isNull && $0.value != "" && $0.value != false })
            {
                throw Failure(message: "settings.\(key) has no effect here", isPassing: false)
            }
        }
        var headers: [(String, String)] = []
        if let scheme = settings.text("authorization_credentials"), !scheme.isEmpty {
            headers.append(
                ("Authorization", "\(settings.text("authorization_scheme") ?? "Bearer") \(scheme)"))
        } else if let user = settings.text("username"), !user.isEmpty {
            headers.append(basic(user, settings.text("password") ?? ""))
        }
        for (name, value) in settings.object("headers")?.members ?? [] {
            if let text = value.string { headers.append((name, text)) }
        }
        let body = AlertPayload.webhook(
            group, rootURL: rootURL, title: texts["title"] ?? "", message: texts["message"] ?? "",
            maximum: settings.whole("maxAlerts") ?? 0)
        try await post(
            settings.text("url") ?? "", method: settings.text("httpMethod") == "PUT" ? .put : .post, headers,
            .object(body))
    }

    private func sendToAlertmanagers(_ group: AlertNoticeGroup, _ settings: JSONObject) async throws {
        var headers: [(String, String)] = []
        if let user = settings.text("basicAuthUser"), !user.isEmpty {
            headers.append(basic(user, settings.text("basicAuthPassword") ?? ""))
        }
        let body = AlertPayload.alertmanager(group, rootURL: rootURL)
        var failure: Failure?
        for part in (settings.text("url") ?? "").split(separator: ",") {
            var base = String(part.filter { $0 != " " })
            while base.hasSuffix("/") { base.removeLast() }
            do {
                try await post(base + "/api/v2/alerts", headers, body)
            } catch let error as Failure {
                failure = error
            }
        }
        if let failure { throw failure }
    }

    private func sendToSlack(
        _ group: AlertNoticeGroup, _ settings: JSONObject, _ texts: [String: String]
    ) async throws {
        let body = JSONValue.object(AlertPayload.slack(group, texts))
        if let url = settings.text("url"), !url.isEmpty {
            try await post(url, [], body)
            return
        }
        let headers = [("Authorization", "Bearer " + (settings.text("token") ?? ""))]
        let url = settings.text("endpointUrl") ?? "https://slack.com/api/chat.postMessage"
        let answer = try await post(url, headers, body)
        guard let value = try? JSONValue.parse(answer), value["ok"]?.bool == true else {
            throw Failure(message: "Slack did not take the message", isPassing: false)
        }
    }

    private func basic(_ user: String, _ password: String) -> (String, String) {
        ("Authorization", "Basic " + Base64Text.encode(user + ":" + password))
    }

    @discardableResult
    func post(
        _ url: String, method: HTTPRequest.Method = .post, _ headers: [(String, String)], _ body: JSONValue
    ) async throws -> [UInt8] {
        let answer: (status: Int, body: ByteBuffer)
        do {
            answer = try await client.deliver(
                to: url, method: method, headers: [("Content-Type", "application/json")] + headers,
                body: ByteBuffer(bytes: body.bytes()))
        } catch let error as DataSourceFailure {
            throw Failure(message: error.message)
        }
        guard (200..<300).contains(answer.status) else {
            // Too much at once and a fault of the server may pass; what it does not understand stays wrong.
            throw Failure(
                message: "the contact point answered with status \(answer.status)",
                isPassing: answer.status == 429 || answer.status >= 500)
        }
        return Array(buffer: answer.body)
    }
}

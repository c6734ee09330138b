import Dashboards
import JSON
import Logging
import Platform
import Rules

/// Makes the texts of notifications: carries out the templates in the settings of contact points.
struct AlertWording: Sendable {
    let workers: WorkerThreads
    let rootURL: String
    let logger: Logger

    static let title = #"{{ template "default.title" . }}"#
    static let message = #"{{ template "default.message" . }}"#
    static let color = ##"{{ if eq .Status "firing" }}#D63232{{ else }}#36a64f{{ end }}"##

    /// The settings of each type that are templates, with the text that counts where none is set.
    private static let kinds: [String: [String: String]] = [
        "webhook": ["title": title, "message": message],
        "slack": [
            "title": title, "text": message, "color": color, "recipient": "", "username": "",
            "icon_emoji": "", "icon_url": "", "footer": #"{{ template "slack.default.footer" . }}"#,
        ],
        "discord": ["title": title, "message": message, "avatar_url": ""],
        "teams": ["title": title, "message": #"{{ template "teams.default.message" . }}"#],
        "telegram": ["message": message],
        "email": ["subject": title, "message": message],
        "opsgenie": [
            "message": title, "description": title + "\n{{ .ExternalURL }}alerting/list\n\n" + message,
        ],
        // The names that rules of the service may ask for are the original's.
        "pagerduty": [
            "summary": title, "severity": "critical", "class": "default", "component": "Grafana",
            "group": "default", "client": "Martlet", "client_url": "{{ .ExternalURL }}", "source": "Martlet",
            "details.firing": #"{{ template "__text_alert_list" .Alerts.Firing }}"#,
            "details.resolved": #"{{ template "__text_alert_list" .Alerts.Resolved }}"#,
            "details.num_firing": "{{ len .Alerts.Firing }}",
            "details.num_resolved": "{{ len .Alerts.Resolved }}",
        ],
    ]

    /// Nanoseconds that the texts of one notification may take.
    private static let patience: UInt64 = 2_000_000_000

    /// The texts of a notification by the names of the settings. A template that fails keeps nobody from
    /// hearing: a plain text with the reason goes out in its place.
    ///
    /// - Throws: `AlertDelivery.Failure` when there are too many at once, `CancellationError`.
    func texts(
        of point: ContactPoint, _ settings: JSONObject, _ group: AlertNoticeGroup,
        _ templates: NotificationTemplates
    ) async throws -> [String: String] {
        guard let wanted = AlertWording.kinds[point.type] else { return [:] }
        do {
            return try await workers.run { _ in
                fill(wanted, of: point, settings, group, templates)
            }
        } catch let error as WorkerThreads.Refusal {
            throw AlertDelivery.Failure(message: "the texts cannot be made now: \(error)")
        }
    }

    private func fill(
        _ wanted: [String: String], of point: ContactPoint, _ settings: JSONObject,
        _ group: AlertNoticeGroup, _ templates: NotificationTemplates
    ) -> [String: String] {
        var surroundings = Template.Surroundings(now: group.time, externalURL: rootURL)
        surroundings.deadline = MonotonicTime.nanoseconds() + AlertWording.patience
        surroundings.zone = AlertWording.zone
        let data = AlertPayload.data(group, rootURL: rootURL)
        var texts: [String: String] = [:]
        var own: [String: String] = [:]
        for (key, value) in settings.members { own[key] = value.string }
        for (key, value) in settings.object("details")?.members ?? [] { own["details." + key] = value.string }
        let keys = Set(wanted.keys).union(own.keys.filter { $0.hasPrefix("details.") })
        for key in keys.sorted() where wanted[key] != nil || point.type == "pagerduty" {
            let (own, common) = (own[key] ?? "", wanted[key] ?? "")
            do throws(RulesError) {
                texts[key] = try templates.expand(own.isEmpty ? common : own, data, surroundings)
            } catch {
                logger.error(
                    "contact point \(point.name) (\(point.uid)): settings.\(key): \(error.message)")
                texts[key] = AlertWording.plain(key, group, error)
            }
        }
        return texts
    }

    /// What goes out in the place of a text that cannot be made.
    private static func plain(_ key: String, _ group: AlertNoticeGroup, _ error: RulesError) -> String {
        switch key {
        case "title", "subject", "summary": AlertPayload.plainTitle(group)
        case "message", "text", "description":
            "\(group.firing.count) firing, \(group.resolved.count) resolved. "
                + "The text of this notification cannot be made: \(error.message)"
        default: ""
        }
    }

    private static func zone(_ name: String, at time: Int64) -> (offset: Int64, name: String)? {
        if name == "UTC" || name.isEmpty { return (0, "UTC") }
        guard time.magnitude < 1 << 40, let zone = TimeZoneFile.read(name) else { return nil }
        let minutes = zone.offset(at: time * 1000) / 60_000
        let (hours, rest) = (minutes.magnitude / 60, minutes.magnitude % 60)
        func two(_ number: UInt64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let sign = minutes < 0 ? "-" : "+"
        return (minutes * 60, sign + two(hours) + (rest == 0 ? "" : two(rest)))
    }
}

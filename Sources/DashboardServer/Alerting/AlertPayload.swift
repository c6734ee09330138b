import Dashboards
import JSON
import MetricModel
import Rules

/// What contact points are sent.
enum AlertPayload {
    /// Names a set of labels: FNV-1a of names and values in order, as an Alertmanager does it.
    static func fingerprint(_ labels: [String: String]) -> UInt64 {
        var hash: UInt64 = 14_695_981_039_346_656_037
        func add(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 1_099_511_628_211 }
        for (name, value) in labels.sorted(by: { $0.key < $1.key }) {
            for byte in name.utf8 { add(byte) }
            add(255)
            for byte in value.utf8 { add(byte) }
            add(255)
        }
        return hash
    }

    /// A fingerprint as people see it: 16 digits.
    static func text(_ fingerprint: UInt64) -> String {
        let text = String(fingerprint, radix: 16)
        return String(repeating: "0", count: 16 - text.utf8.count) + text
    }

    /// What services know a group by: the same for all that is told of it.
    static func key(_ group: AlertNoticeGroup) -> String {
        text(fingerprint(group.labels.merging(["__receiver__": group.receiver]) { _, new in new }))
    }

    /// Where a person sees the rule.
    static func ruleURL(_ rule: AlertRule, _ rootURL: String) -> String {
        rootURL + "alerting/list?search=" + PercentText.encode(rule.title)
    }

    private static func dashboardURL(_ notice: AlertNotice, _ rootURL: String, panel: Bool) -> String {
        let texts = notice.instance.annotations
        guard let dashboard = texts["__dashboardUid__"] else { return "" }
        let address = rootURL + "d/" + PercentText.encode(dashboard)
        guard panel else { return address }
        return texts["__panelId__"].map { address + "?viewPanel=" + PercentText.encode($0) } ?? ""
    }

    /// What is sent when the title's own text cannot be made.
    static func plainTitle(_ group: AlertNoticeGroup) -> String {
        let names = group.labels.sorted { $0.key < $1.key }.map(\.value).joined(separator: " ")
        return group.firing.isEmpty ? "[RESOLVED] " + names : "[FIRING:\(group.firing.count)] " + names
    }

    /// A group as templates see it.
    static func data(_ group: AlertNoticeGroup, rootURL: String) -> NotificationData {
        NotificationData(
            receiver: group.receiver,
            alerts: group.all.map { notice in
                let endsAt = notice.endsAt(group.time)
                return NotificationData.Alert(
                    isFiring: endsAt == nil, labels: notice.labels, annotations: notice.annotations,
                    startsAt: notice.startsAt, endsAt: endsAt, generatorURL: ruleURL(notice.rule, rootURL),
                    dashboardURL: dashboardURL(notice, rootURL, panel: false),
                    panelURL: dashboardURL(notice, rootURL, panel: true),
                    fingerprint: text(notice.fingerprint), values: notice.instance.values,
                    valueText: valueText(notice))
            }, groupLabels: group.labels, commonLabels: group.common(\.labels),
            commonAnnotations: group.common(\.annotations), externalURL: rootURL)
    }

    private static func valueText(_ notice: AlertNotice) -> String {
        notice.instance.values.sorted { $0.key < $1.key }
            .map { "\($0.key)=\($0.value.map { FloatText.plain($0) } ?? "null")" }.joined(separator: ", ")
    }

    /// The body of a webhook in the original's form.
    ///
    /// - Parameter maximum: alerts that are sent; 0 for all.
    static func webhook(
        _ group: AlertNoticeGroup, rootURL: String, title: String, message: String, maximum: Int
    ) -> JSONObject {
        let sent = maximum > 0 ? Array(group.all.prefix(maximum)) : group.all
        let alerts = sent.map { notice -> JSONValue in
            let endsAt = notice.endsAt(group.time)
            var values = JSONObject()
            for (name, value) in notice.instance.values.sorted(by: { $0.key < $1.key }) {
                values[name] = value.map { .number($0) } ?? .null
            }
            return [
                "status": endsAt == nil ? "firing" : "resolved", "labels": AlertRule.object(notice.labels),
                "annotations": AlertRule.object(notice.annotations),
                "startsAt": .string(CivilTime(milliseconds: notice.startsAt).iso),
                "endsAt": .string(endsAt.map { CivilTime(milliseconds: $0).iso } ?? "0001-01-01T00:00:00Z"),
                "generatorURL": .string(ruleURL(notice.rule, rootURL)),
                "fingerprint": .string(text(notice.fingerprint)), "silenceURL": "",
                "dashboardURL": .string(dashboardURL(notice, rootURL, panel: false)),
                "panelURL": .string(dashboardURL(notice, rootURL, panel: true)), "values": .object(values),
                "valueString": .string(valueText(notice)),
            ]
        }
        let isFiring = !group.firing.isEmpty
        return [
            "receiver": .string(group.receiver), "status": isFiring ? "firing" : "resolved", "orgId": 1,
            "alerts": .array(alerts), "groupLabels": AlertRule.object(group.labels),
            "commonLabels": AlertRule.object(group.common(\.labels)),
            "commonAnnotations": AlertRule.object(group.common(\.annotations)),
            "externalURL": .string(rootURL),
            "version": "1",
            "groupKey": .string(group.receiver + ":" + text(fingerprint(group.labels))),
            "truncatedAlerts": .number(group.all.count - sent.count), "title": .string(title),
            "state": isFiring ? "alerting" : "ok", "message": .string(message),
        ]
    }

    /// The body for an Alertmanager.
    static func alertmanager(_ group: AlertNoticeGroup, rootURL: String) -> JSONValue {
        .array(
            group.all.map { notice in
                [
                    "labels": AlertRule.object(notice.labels),
                    "annotations": AlertRule.object(notice.annotations),
                    "startsAt": .string(CivilTime(milliseconds: notice.startsAt).iso),
                    "endsAt": .string(
                        CivilTime(milliseconds: notice.endsAt(group.time) ?? notice.validUntil).iso),
                    "generatorURL": .string(ruleURL(notice.rule, rootURL)),
                ]
            })
    }

    static func slack(_ group: AlertNoticeGroup, _ texts: [String: String]) -> JSONObject {
        func text(_ key: String) -> JSONValue { .string(texts[key] ?? "") }
        var body: JSONObject = [
            "attachments": [
                [
                    "title": text("title"), "fallback": text("title"), "text": text("text"),
                    "color": text("color"), "footer": text("footer"), "mrkdwn_in": ["text"],
                    "ts": .number(Int(group.time / 1000)),
                ]
            ]
        ]
        for (ours, theirs) in [
            ("recipient", "channel"), ("username", "username"), ("icon_emoji", "icon_emoji"),
            ("icon_url", "icon_url"),
        ] {
            if let text = texts[ours], !text.isEmpty { body[theirs] = .string(text) }
        }
        return body
    }
}

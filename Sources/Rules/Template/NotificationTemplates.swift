/// Alerts that are told together, as templates of notifications see them.
public struct NotificationData: Sendable {
    /// One of them.
    public struct Alert: Sendable {
        public var isFiring: Bool
        public var labels: [String: String]
        public var annotations: [String: String]
        /// Milliseconds since 1970.
        public var startsAt: Int64
        /// nil while it fires.
        public var endsAt: Int64?
        public var generatorURL: String
        public var dashboardURL: String
        public var panelURL: String
        public var silenceURL: String
        public var fingerprint: String
        /// By the name of the query; nil for one without a value.
        public var values: [String: Double?]
        public var valueText: String

        public init(
            isFiring: Bool, labels: [String: String], annotations: [String: String], startsAt: Int64,
            endsAt: Int64?, generatorURL: String = "", dashboardURL: String = "", panelURL: String = "",
            silenceURL: String = "", fingerprint: String = "", values: [String: Double?] = [:],
            valueText: String = ""
        ) {
            self.isFiring = isFiring
            self.labels = labels
            self.annotations = annotations
            self.startsAt = startsAt
            self.endsAt = endsAt
            self.generatorURL = generatorURL
            self.dashboardURL = dashboardURL
            self.panelURL = panelURL
            self.silenceURL = silenceURL
            self.fingerprint = fingerprint
            self.values = values
            self.valueText = valueText
        }
    }

    public var receiver: String
    public var alerts: [Alert]
    public var groupLabels: [String: String]
    public var commonLabels: [String: String]
    public var commonAnnotations: [String: String]
    public var externalURL: String

    public init(
        receiver: String, alerts: [Alert], groupLabels: [String: String], commonLabels: [String: String],
        commonAnnotations: [String: String], externalURL: String
    ) {
        self.receiver = receiver
        self.alerts = alerts
        self.groupLabels = groupLabels
        self.commonLabels = commonLabels
        self.commonAnnotations = commonAnnotations
        self.externalURL = externalURL
    }

    var value: TemplateValue {
        .map(
            [
                "Receiver": .string(receiver),
                "Status": .string(alerts.contains(where: \.isFiring) ? "firing" : "resolved"),
                "Alerts": .list(alerts.map(\.value)), "GroupLabels": .texts(groupLabels),
                "CommonLabels": .texts(commonLabels), "CommonAnnotations": .texts(commonAnnotations),
                "ExternalURL": .string(externalURL), "AppVersion": .string(""), "GroupKey": .string(""),
            ], isLabels: false)
    }
}

extension NotificationData.Alert {
    var value: TemplateValue {
        .map(
            [
                "Status": .string(isFiring ? "firing" : "resolved"), "Labels": .texts(labels),
                "Annotations": .texts(annotations), "StartsAt": .time(Double(startsAt) / 1000),
                "EndsAt": .time(endsAt.map { Double($0) / 1000 } ?? TimeLayout.zero),
                "GeneratorURL": .string(generatorURL), "DashboardURL": .string(dashboardURL),
                "PanelURL": .string(panelURL), "SilenceURL": .string(silenceURL),
                "Fingerprint": .string(fingerprint), "ValueString": .string(valueText),
                "Values": .map(values.compactMapValues { $0.map(TemplateValue.float) }, isLabels: false),
            ], isLabels: false)
    }
}

/// Templates of notifications, which can call each other and those that the original brings along.
public struct NotificationTemplates: Sendable {
    private var definitions = NotificationTemplates.defaults
    /// What could not be read and was left out, with the reason.
    public private(set) var unreadable: [(name: String, reason: String)] = []

    /// Notifications of thousands of alerts are long.
    private static let bounds = Template.Bounds(steps: 4_000_000, output: 8 << 20, work: 256 << 20)

    /// - Parameter texts: later ones win over earlier ones, and all over the original's.
    public init(_ texts: [(name: String, text: String)]) {
        for (name, text) in texts {
            do throws(RulesError) {
                definitions.merge(try NotificationTemplates.definitions(name, text)) { _, new in new }
            } catch {
                unreadable.append((name, error.message))
            }
        }
    }

    /// - Throws: `template` for a text that is no template.
    public static func check(name: String, _ text: String) throws(RulesError) {
        _ = try definitions(name, text)
    }

    /// What a text defines; one that defines nothing is itself what its name calls.
    private static func definitions(
        _ name: String, _ text: String
    ) throws(RulesError) -> [String: [TemplateNode]] {
        let (body, definitions) = try TemplateParser.parse(text)
        return definitions.isEmpty ? [name: body] : definitions
    }

    /// A text with its actions carried out.
    ///
    /// - Throws: `template`, also when it does too much or is not done at the deadline of `surroundings`.
    public func expand(
        _ text: String, _ data: NotificationData, _ surroundings: Template.Surroundings
    ) throws(RulesError) -> String {
        guard text.contains("{{") else { return text }
        var surroundings = surroundings
        (surroundings.isNotification, surroundings.bounds) = (true, NotificationTemplates.bounds)
        let (body, own) = try TemplateParser.parse(text)
        var run = TemplateRun(
            definitions: own.isEmpty ? definitions : definitions.merging(own) { _, new in new },
            surroundings: surroundings)
        let dot = data.value
        run.variables = [("", dot)]
        _ = try run.run(body, dot)
        return run.output
    }

    private static let defaults: [String: [TemplateNode]] = {
        guard let (_, definitions) = try? TemplateParser.parse(defaultText) else {
            preconditionFailure("BUG: the default templates of notifications cannot be read")
        }
        return definitions
    }()

    /// The names and what they print are the original's, since templates of people build on them.
    private static let defaultText = """
        {{ define "__subject" }}[{{ toUpper .Status }}{{ if eq .Status "firing" }}:{{ len .Alerts.Firing }}\
        {{ with len .Alerts.Resolved }}, RESOLVED:{{ . }}{{ end }}{{ end }}] \
        {{ join " " .GroupLabels.Values }} {{ with .CommonLabels.Remove .GroupLabels.Names }}\
        ({{ join " " .Values }}){{ end }}{{ end }}
        {{ define "__text_values_list" }}{{ $gap := "" }}{{ range $name, $value := .Values }}\
        {{ $gap }}{{ $name }}={{ $value }}{{ $gap = ", " }}{{ else }}[no value]{{ end }}{{ end }}
        {{ define "__text_pairs" }}{{ range .SortedPairs }} - {{ .Name }} = {{ .Value }}
        {{ end }}{{ end }}
        {{ define "__text_alert_list" }}{{ range . }}
        Value: {{ template "__text_values_list" . }}
        Labels:
        {{ template "__text_pairs" .Labels }}Annotations:
        {{ template "__text_pairs" .Annotations }}{{ with .GeneratorURL }}Source: {{ . }}
        {{ end }}{{ with .SilenceURL }}Silence: {{ . }}
        {{ end }}{{ with .DashboardURL }}Dashboard: {{ . }}
        {{ end }}{{ with .PanelURL }}Panel: {{ . }}
        {{ end }}{{ end }}{{ end }}
        {{ define "default.title" }}{{ template "__subject" . }}{{ end }}
        {{ define "default.message" }}{{ with .Alerts.Firing }}**Firing**
        {{ template "__text_alert_list" . }}{{ with $.Alerts.Resolved }}

        {{ end }}{{ end }}{{ with .Alerts.Resolved }}**Resolved**
        {{ template "__text_alert_list" . }}{{ end }}{{ end }}
        {{ define "teams.default.message" }}{{ template "default.message" . }}{{ end }}
        {{ define "slack.default.footer" }}Martlet{{ end }}
        """
}

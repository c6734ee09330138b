import MetricModel
import Platform
import Testing

@testable import Rules

/// Templates of notifications, against what the original prints.
@Suite struct NotificationTemplateTests {
    private static let data = NotificationData(
        receiver: "team",
        alerts: [
            .init(
                isFiring: true, labels: ["alertname": "High", "host": "a", "team": "x"],
                annotations: ["summary": "it is <high>"], startsAt: 1_700_000_000_000, endsAt: nil,
                generatorURL: "http://m/alerting/list", dashboardURL: "http://m/d/board",
                fingerprint: "00ff", values: ["A": 12.5, "B": 1, "C": nil], valueText: "A=12.5, B=1"),
            .init(
                isFiring: false, labels: ["alertname": "High", "host": "b", "team": "x"], annotations: [:],
                startsAt: 1_700_000_000_000, endsAt: 1_700_000_090_000),
        ],
        groupLabels: ["alertname": "High"], commonLabels: ["alertname": "High", "team": "x"],
        commonAnnotations: [:], externalURL: "http://m/")

    private static func expand(
        _ text: String, templates: [(name: String, text: String)] = [], data: NotificationData = data
    ) throws -> String {
        var surroundings = Template.Surroundings(now: 1_700_000_120_000)
        surroundings.zone = { name, _ in name == "Europe/Berlin" ? (3600, "+01") : nil }
        return try NotificationTemplates(templates).expand(text, data, surroundings)
    }

    @Test(arguments: [
        ("plain", "plain"), ("{{ .Status }} {{ .Receiver }} {{ .ExternalURL }}", "firing team http://m/"),
        ("{{ len .Alerts }} {{ len .Alerts.Firing }} {{ .Alerts.Resolved | len }}", "2 1 1"),
        ("{{ template \"default.title\" . }}", "[FIRING:1, RESOLVED:1] High (x)"),
        ("{{ range .Alerts }}{{ .Status }}={{ .Labels.host }};{{ end }}", "firing=a;resolved=b;"),
        ("{{ range .CommonLabels.SortedPairs }}{{ .Name }}:{{ .Value }} {{ end }}", "alertname:High team:x "),
        ("{{ .CommonLabels }}|{{ .CommonLabels.Names }}", "alertname=High, team=x|[alertname team]"),
        ("{{ (.CommonLabels.Remove (stringSlice \"team\")).Values | join \"+\" }}", "High"),
        ("{{ range $k, $v := .CommonLabels }}{{ $k }}={{ $v }};{{ end }}", "alertname=High;team=x;"),
        ("{{ .CommonLabels.none }}|{{ index .CommonLabels \"team\" }}", "|x"),
        ("{{ (index .Alerts 0).Annotations.summary }}", "it is <high>"),
        (
            "{{ with index .Alerts 0 }}{{ .Values.A }} {{ .Fingerprint }} {{ .ValueString }}{{ end }}",
            "12.5 00ff A=12.5, B=1"
        ),
        ("{{ (index .Alerts 0).StartsAt }}", "2023-11-14 22:13:20 +0000 UTC"),
        (
            "{{ (index .Alerts 0).StartsAt.Format \"Mon, 02 Jan 2006 15:04:05 MST\" }}",
            "Tue, 14 Nov 2023 22:13:20 UTC"
        ),
        (
            "{{ (index .Alerts 0).StartsAt | tz \"Europe/Berlin\" | date \"3:04PM Z07:00\" }}",
            "11:13PM +01:00"
        ),
        ("{{ (index .Alerts 0).EndsAt.IsZero }} {{ (index .Alerts 1).EndsAt.Unix }}", "true 1700000090"),
        ("{{ with index .Alerts 1 }}{{ .EndsAt.Sub .StartsAt }}{{ end }}", "1m30s"),
        ("{{ since (index .Alerts 0).StartsAt }}", "2m"), ("{{ trimSpace \" a b \" }}|", "a b|"),
        ("{{ urlUnescape \"a%2Fb+c\" }}", "a/b c"), ("{{ toJson .GroupLabels }}", #"{"alertname":"High"}"#),
        (
            "{{ if gt (len .Alerts.Firing) 0 }}{{ (index .Alerts.Firing 0).Labels.host | toUpper }}{{ end }}",
            "A"
        ),
        ("{{ define \"x\" }}<{{ . }}>{{ end }}{{ template \"x\" .Status }}", "<firing>"),
    ])
    func expands(_ text: String, _ expected: String) throws {
        #expect(try Self.expand(text) == expected)
    }

    @Test func theDefaultMessageIsTheOriginals() throws {
        #expect(
            try Self.expand("{{ template \"default.message\" . }}") == """
                **Firing**

                Value: A=12.5, B=1
                Labels:
                 - alertname = High
                 - host = a
                 - team = x
                Annotations:
                 - summary = it is <high>
                Source: http://m/alerting/list
                Dashboard: http://m/d/board


                **Resolved**

                Value: [no value]
                Labels:
                 - alertname = High
                 - host = b
                 - team = x
                Annotations:

                """)
    }

    @Test func textsWinOverTheOriginals() throws {
        let templates = [
            (name: "a", text: "{{ define \"default.title\" }}mine: {{ template \"b\" . }}{{ end }}"),
            (name: "b", text: "{{ len .Alerts }} alerts"), (name: "broken", text: "{{ if }}"),
        ]
        #expect(
            try Self.expand("{{ template \"default.title\" . }}", templates: templates) == "mine: 2 alerts")
        #expect(NotificationTemplates(templates).unreadable.map(\.name) == ["broken"])
        #expect(throws: RulesError.self) { try NotificationTemplates.check(name: "x", "{{ range . }}") }
        try NotificationTemplates.check(name: "x", "{{ define \"x\" }}{{ end }}")
    }

    /// Templates are written by people that may do little else: none may take the machine's memory or time.
    @Test(arguments: [
        "{{ define \"x\" }}{{ template \"x\" . }}{{ end }}{{ template \"x\" . }}",
        "{{ $x := \"aaaaaaaa\" }}{{ range 1000 }}{{ $x = printf \"%s%s\" $x $x }}{{ end }}{{ $x }}",
        "{{ range 100000 }}{{ range 100000 }}a{{ end }}{{ end }}",
        "{{ range 2000000000 }}a{{ end }}",
        "{{ $x := 1 }}{{ range 100000 }}{{ $x = args $x }}{{ end }}",
        "{{ $x := printf \"%999s\" \"a\" }}{{ range 7 }}{{ $x = printf \"%s%s%s\" $x $x $x }}{{ end }}"
            + "{{ range 100000 }}{{ $y := reReplaceAll \"a*\" \"$9\" $x }}{{ end }}",
        "{{ range 1000 }}{{ range 100000 }}{{ $y := toJson $ }}{{ end }}{{ end }}",
        "{{ define \"x\" }}" + String(repeating: "{{ if true }}", count: 90) + "{{ template \"x\" . }}"
            + String(repeating: "{{ end }}", count: 91) + "{{ template \"x\" . }}",
    ])
    func templatesAreBounded(_ text: String) throws {
        var surroundings = Template.Surroundings(now: 0)
        let start = MonotonicTime.nanoseconds()
        surroundings.deadline = start + 1_000_000_000
        #expect(throws: RulesError.self) {
            try NotificationTemplates([]).expand(text, Self.data, surroundings)
        }
        #expect(MonotonicTime.nanoseconds() - start < 5_000_000_000)
    }

    /// What only notifications have is not there in rules, as in Prometheus.
    @Test func rulesStayPrometheus() throws {
        #expect(throws: RulesError.self) {
            try Template("{{ join \",\" (args 1) }}").expand(
                .init(labels: .empty, value: 1), .init(now: 0))
        }
        #expect(
            try Template("{{ $labels.Names }}").expand(
                .init(labels: .init([(name: "Names", value: "x")]), value: 1), .init(now: 0)) == "x")
    }
}

import MetricModel
import Testing

@testable import Rules

@Suite struct TemplateTests {
    private func expand(
        _ text: String, value: Double = 1.5,
        labels: [(String, String)] = [("instance", "host.example.com:9100"), ("job", "a<b")]
    ) throws -> String {
        let surroundings = Template.Surroundings(now: 1_500_000_000_500, externalURL: "http://p:9090/x") {
            query in
            if query == "fail" { throw RulesError(.query, "no") }
            return [
                (Labels([("__name__", "m"), ("i", "b")]), 2), (Labels([("__name__", "m"), ("i", "a")]), 11),
            ]
        }
        return try Template(text).expand(
            Template.AlertData(
                labels: Labels(labels.map { (name: $0.0, value: $0.1) }), value: value,
                externalLabels: Labels([("dc", "eu")])), surroundings)
    }

    @Test(arguments: [
        ("plain", "plain"), ("{{ $labels.instance }}", "host.example.com:9100"),
        ("{{ .Labels.job }}-{{ .Value }}", "a<b-1.5"),
        ("{{ $labels.nothing }}|", "|"),
        ("{{ $externalLabels.dc }} {{ $externalURL }}", "eu http://p:9090/x"),
        ("{{ $value | printf \"%.2f\" }}", "1.50"),
        ("{{ printf \"%s is %5.1f%% of %d\" \"x\" $value 7 }}", "x is   1.5% of 7"),
        ("{{ printf \"%q %v %t %x %-4s|%04d\" \"a\" 1.0 true 255 \"b\" 7 }}", "\"a\" 1 true ff b   |0007"),
        ("a {{- 1 -}} b", "a1b"), ("{{/* nothing */}}x", "x"),
        ("{{ if eq $labels.job \"a<b\" }}y{{ else }}n{{ end }}", "y"),
        ("{{ if gt $value 2.0 }}a{{ else if lt $value 2.0 }}b{{ else }}c{{ end }}", "b"),
        ("{{ if and 1 \"\" }}a{{ end }}{{ if or 0 \"x\" }}b{{ end }}{{ if not false }}c{{ end }}", "bc"),
        ("{{ with $labels.job }}<{{ . }}>{{ end }}{{ with $labels.none }}x{{ else }}-{{ end }}", "<a<b>-"),
        ("{{ range query \"m\" | sortByLabel \"i\" }}{{ .Labels.i }}={{ .Value }};{{ end }}", "a=11;b=2;"),
        ("{{ range $i, $s := query \"m\" }}{{ $i }}:{{ $s | value }} {{ end }}", "0:2 1:11 "),
        ("{{ query \"m\" | first | value | humanize }}", "2"),
        ("{{ query \"m\" | first | label \"i\" }}", "b"),
        ("{{ $x := 1 }}{{ range query \"m\" }}{{ $x = 2 }}{{ end }}{{ $x }}", "2"),
        ("{{ len (query \"m\") }}", "2"),
        ("{{ range query \"m\" }}{{ if eq .Value 11.0 }}{{ break }}{{ end }}{{ .Value }}{{ end }}", "2"),
        ("{{ define \"t\" }}[{{ . }}]{{ end }}{{ template \"t\" $value }}", "[1.5]"),
        ("{{ index $labels \"job\" }}", "a<b"),
        ("{{ (index (query \"m\") 1).Labels.i }}", "a"), ("{{ args 1 \"x\" | len }}", "2"),
        ("{{ html $labels.job }}", "a&lt;b"),
        ("{{ `raw {{` }}{{ \"q\\\"\\n\" }}", "raw {{q\"\n"),
        ("{{ true }} {{ 1.0 }} {{ 1e6 }} {{ nil }}", "true 1 1e+06 <no value>"),
        ("{{ toUpper \"aé\" }}{{ toLower \"AÉ\" }}{{ title \"aa bB\" }}", "AÉaéAa BB"),
        ("{{ match \"^h.*e$\" \"hae\" }}{{ match \"x\" \"y\" }}", "truefalse"),
        ("{{ reReplaceAll \"(a)(b)\" \"$2-$1\" \"abxab\" }}", "b-axb-a"),
        ("{{ reReplaceAll \"x*\" \"-\" \"ab\" }}", "-a-b-"),
        (
            "{{ stripPort $labels.instance }} {{ stripDomain $labels.instance }} {{ stripDomain \"10.0.0.1:9\" }} {{ stripPort \"[::1]:80\" }}",
            "host.example.com host:9100 10.0.0.1:9 ::1"
        ),
        (
            "{{ urlQueryEscape \"a b/c\" }} {{ tableLink \"up{a=\\\"b\\\"}\" }}",
            "a+b%2Fc /graph?g0.expr=up%7Ba%3D%22b%22%7D&g0.tab=1"
        ),
        ("{{ now }} {{ now | humanizeTimestamp }}", "1.5000000005e+09 2017-07-14 02:40:00.5 +0000 UTC"),
        ("{{ parseDuration \"1h2m10s\" }}", "3730"),
        ("{{ pathPrefix }}", "/x"), ("{{ slice \"abcd\" 1 3 }}", "bc"), ("{{ print 1 2 \"a\" }}", "1 2a"),
    ])
    func expands(text: String, expected: String) throws {
        #expect(try expand(text) == expected)
    }

    @Test(arguments: [
        (0.0, "0", "0", "0s", "0%"), (1, "1", "1", "1s", "100%"),
        (1_234_567, "1.235M", "1.177Mi", "14d 6h 56m 7s", "1.235e+08%"),
        (0.12, "120m", "0.12", "120ms", "12%"), (1e-9, "1n", "1e-09", "1ns", "1e-07%"),
        (899.99, "900", "900", "14m 59s", "9e+04%"), (-61, "-61", "-61", "-1m 1s", "-6100%"),
        (.infinity, "+Inf", "+Inf", "+Inf", "+Inf%"), (1e100, "1e+76Y", "8.272e+75Yi", "1e+100s", "1e+102%"),
    ])
    func numbersForPeople(
        value: Double, decimal: String, binary: String, duration: String, percentage: String
    ) throws {
        #expect(try expand("{{ $value | humanize }}", value: value) == decimal)
        #expect(try expand("{{ $value | humanize1024 }}", value: value) == binary)
        #expect(try expand("{{ $value | humanizeDuration }}", value: value) == duration)
        #expect(try expand("{{ $value | humanizePercentage }}", value: value) == percentage)
    }

    @Test(arguments: [
        "{{", "{{ }}", "{{ end }}", "{{ if true }}", "{{ if true }}{{ else }}", "{{ $x }}", "{{ nonsense }}",
        "{{ 1 2 }}", "{{ \"a }}", "{{ (1 }}",
        "{{ first (query \"m\" | slice 0) }}", "{{ query \"fail\" }}", "{{ template \"none\" }}",
        "{{ .Value.x }}", "{{ range 1.5 }}{{ end }}",
        "{{ index $labels 1 }}", "{{ lt 1 \"a\" }}", "{{ match \"(\" \"\" }}", "{{ humanize \"x\" }}",
        "{{ printf \"%99999999d\" 1 }}",
        "{{ define \"r\" }}{{ template \"r\" }}{{ end }}{{ template \"r\" }}",
        "{{ range 900000 }}{{ range 900000 }}x{{ end }}{{ end }}",
    ])
    func refuses(text: String) {
        #expect(throws: RulesError.self) { try expand(text) }
    }

    @Test func deepNestingIsRefused() {
        #expect(throws: RulesError.self) { try Template(String(repeating: "{{ if 1 }}", count: 10_000)) }
        #expect(throws: RulesError.self) { try Template("{{ " + String(repeating: "(", count: 10_000)) }
    }
}

import MetricModel
import Rules
import Scraping
import TestKit
import Testing
import WebClient

@testable import ServerConfig

@Suite struct RuleFileTests {
    @Test(.enabled(if: SharedFolders.conformance != nil)) func prometheusOwnFiles() throws {
        let shared = SharedFolders.conformance ?? ""
        var (good, bad) = (0, 0)
        for name in SharedFolders.list(shared + "/rulefmt") {
            let path = "\(shared)/rulefmt/\(name)"
            // The two files about old names are read under the old rule.
            let isLegacy = name.hasPrefix("legacy_validation")
            if name.contains(".bad.") {
                bad += 1
                let error = #expect(throws: ConfigurationError.self, "\(name)") {
                    try RuleFile.load(path, validation: isLegacy ? .legacy : .utf8)
                }
                #expect(
                    (error?.line ?? 0) > 0 && error?.field.isEmpty == false,
                    "\(name): \(error?.description ?? "")")
            } else {
                good += 1
                do { _ = try RuleFile.load(path, validation: isLegacy ? .legacy : .utf8) } catch {
                    Issue.record("\(name): \(error)")
                }
            }
        }
        for name in SharedFolders.list(shared + "/rules") where name != "invalid_rules.yaml" {
            good += 1
            do { _ = try RuleFile.load("\(shared)/rules/\(name)") } catch {
                Issue.record("\(name): \(error)")
            }
        }
        #expect(good >= 15)
        #expect(bad >= 8)
    }

    @Test func everythingIsRead() throws {
        let groups = try RuleFile.parse(
            """
            groups:
              - name: g
                interval: 10s
                query_offset: 1m
                limit: 5
                labels: {team: x}
                rules:
                  - record: a:b
                    expr: sum(up)
                    labels: {l: v}
                  - alert: Down
                    expr: up == 0
                    for: 5m
                    keep_firing_for: 1m
                    annotations: {summary: '{{ $labels.instance }} is down'}
            """, file: "r.yml")
        #expect(groups.count == 1)
        #expect((groups[0].interval, groups[0].queryOffset, groups[0].limit) == (10_000, 60_000, 5))
        #expect(groups[0].labels == ["team": "x"])
        #expect(
            groups[0].rules[0]
                == RuleSettings(.recording, name: "a:b", expression: "sum(up)", labels: ["l": "v"], line: 8))
        #expect(
            groups[0].rules[1].kind
                == .alerting(
                    hold: 300_000, keepFiring: 60_000,
                    annotations: ["summary": "{{ $labels.instance }} is down"]))
    }

    @Test(arguments: [
        ("groups: [{rules: []}]", "groups[0].name"), ("groups: [{name: a}, {name: a}]", "groups[1].name"),
        ("groups: [{name: a, rules: [{record: a}]}]", "groups[0].rules[0].expr"),
        ("groups: [{name: a, rules: [{record: a, expr: 'sum('}]}]", "groups[0].rules[0].expr"),
        (
            "groups: [{name: a, rules: [{alert: a, expr: up, annotations: {x: '{{ $y'}}]}]",
            "groups[0].rules[0].labels"
        ),
        ("groups: [{name: a, rules: [{alert: a, expr: up, foo: 1}]}]", "groups[0].rules[0].foo"),
        ("group: []", "group"),
        ("groups: [{name: a, rules: [{record: a, expr: up, for: 1m}]}]", "groups[0].rules[0].for"),
    ])
    func faultsNameTheirField(text: String, field: String) {
        let error = #expect(throws: ConfigurationError.self) { try RuleFile.parse(text) }
        #expect(error?.field == field, "\(error?.description ?? "")")
    }

    @Test func alertmanagersHaveURLs() throws {
        let configuration = try ServerConfiguration.parse(
            """
            alerting:
              alertmanagers:
                - scheme: https
                  path_prefix: /am/
                  timeout: 3s
                  static_configs: [{targets: [a:1, b:2]}]
                  relabel_configs: [{source_labels: [__address__], regex: b.*, action: drop}]
            """)
        let endpoints = configuration.alerting.alertmanagers[0].endpoints()
        #expect(endpoints == [AlertmanagerEndpoint(url: "https://a:1/am/api/v2/alerts", timeout: 3000)])
    }
}

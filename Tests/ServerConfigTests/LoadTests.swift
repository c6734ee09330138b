import MetricModel
import Scraping
import TestKit
import Testing
import WebClient

@testable import ServerConfig

@Suite struct LoadTests {
    @Test func anEmptyFileGivesTheDefaults() throws {
        let configuration = try ServerConfiguration.parse("")
        #expect(configuration.global == GlobalSettings())
        #expect(configuration.scrapeConfigurations.isEmpty)
        #expect(configuration.yaml.hasPrefix("global:\n  scrape_interval: 1m\n  scrape_timeout: 10s\n"))
    }

    @Test func protobufIsPreferredWhereNoProtocolIsNamed() throws {
        let text = """
            scrape_configs:
              - job_name: x
              - job_name: y
                scrape_protocols: [PrometheusText0.0.4]
            """
        let configuration = try ServerConfiguration.parse(text, prefersProtobuf: true)
        #expect(
            configuration.scrapeConfigurations.map(\.protocols) == [ScrapeProtocol.protobufFirst, [.text004]])
        let global = try ServerConfiguration.parse(
            "global: {scrape_protocols: [OpenMetricsText1.0.0]}\n" + text, prefersProtobuf: true)
        #expect(global.scrapeConfigurations.map(\.protocols) == [[.openMetrics100], [.text004]])
        #expect(
            try ServerConfiguration.parse(text).scrapeConfigurations.map(\.protocols) == [
                ScrapeProtocol.standard, [.text004],
            ])
    }

    @Test func jobsTakeFromTheGlobalSection() throws {
        let configuration = try ServerConfiguration.parse(
            """
            global: {scrape_interval: 5s, sample_limit: 7, external_labels: {a: b}}
            scrape_configs:
              - job_name: x
                params: {m: [1, two]}
                static_configs: [{targets: [a:1, b:2], labels: {l: v}}]
              - job_name: y
                scrape_interval: 30s
                sample_limit: 9
                body_size_limit: 1KB
                scheme: https
                metrics_path: /m
            """, file: "/etc/p.yml")
        let (x, y) = (configuration.scrapeConfigurations[0], configuration.scrapeConfigurations[1])
        #expect((x.scrapeInterval, x.scrapeTimeout, x.limits.samples) == (5000, 5000, 7))
        #expect(x.parameters == ["m": ["1", "two"]])
        #expect(
            x.discovery == [
                .fixed([TargetGroup(addresses: ["a:1", "b:2"], labels: ["l": "v"], source: "0")])
            ])
        #expect(
            (y.scrapeInterval, y.scrapeTimeout, y.limits.samples, y.limits.bodySize) == (
                30_000, 5000, 9, 1024
            ))
        #expect((y.scheme, y.metricsPath) == ("https", "/m"))
        #expect(configuration.global.externalLabels == Labels([("a", "b")]))
    }

    @Test(arguments: [
        (
            "scrape_configs:\n  - job_name: a\n    scrape_intervall: 5s\n", 3,
            "scrape_configs[0].scrape_intervall", "did you mean scrape_interval?"
        ),
        ("global:\n  scrape_interval: 5\n", 2, "global.scrape_interval", "not a valid duration"),
        ("global:\n  scrape_interval: [a]\n", 2, "global.scrape_interval", "got a list"),
        ("scrape_configs:\n- job_name: a\n\n- job_name: a\n", 4, "scrape_configs[1].job_name", "two jobs"),
        ("a: 1\na: 2\n", 1, "a", "given twice"), ("global: [1]\n", 1, "global", "want fields"),
        (
            "scrape_configs:\n- job_name: a\n  tls_config:\n    ca_fil: x\n", 4,
            "scrape_configs[0].tls_config.ca_fil", "did you mean ca_file?"
        ),
        (
            "scrape_configs:\n- job_name: a\n  relabel_configs:\n  - action: hashmod\n    target_label: t\n",
            4, "scrape_configs[0].relabel_configs[0]", "modulus"
        ),
        ("rule_files:\n- a/*/b\n", 1, "rule_files", "last element"), ("x: \"\n", 2, "", "yaml"),
    ])
    func errorsSayWhere(text: String, line: Int, field: String, words: String) {
        let error = #expect(throws: ConfigurationError.self) {
            try ServerConfiguration.parse(text, file: "p.yml")
        }
        #expect(error?.line == line, "\(error?.description ?? "")")
        #expect(error?.field == field)
        #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
        #expect(error?.description.hasPrefix("p.yml:\(line): ") == true)
    }

    @Test func onlyExternalLabelsSeeTheEnvironment() throws {
        let values = ["A": "1", "B_2": "two"]
        let expand = { Environment.expand($0) { values[$0] } }
        #expect(expand("${A}-$B_2-$$-${NONE}x$") == "1-two-$-x$")
        #expect(expand("a$.b${A") == "a$.bA")
        let configuration = try ServerConfiguration.parse(
            "global: {external_labels: {h: '$$x'}}\nscrape_configs: [{job_name: $HOME}]\n")
        #expect(configuration.global.externalLabels.value(of: "h") == "$x")
        #expect(configuration.scrapeConfigurations[0].jobName == "$HOME")
    }

    @Test func relativePathsStartAtTheFile() throws {
        let configuration = try ServerConfiguration.parse(
            """
            rule_files: [a/*.yml, /abs.yml]
            scrape_configs:
              - job_name: a
                file_sd_configs: [{files: [t/*.json]}]
                basic_auth: {username: u, password_file: p}
                tls_config: {ca_file: ca, cert_file: /c, key_file: k}
            """, file: "/etc/x/p.yml")
        #expect(configuration.ruleFiles == ["/etc/x/a/*.yml", "/abs.yml"])
        let job = configuration.scrapeConfigurations[0]
        #expect(job.discovery == [.file(FileDiscoverySettings(files: ["/etc/x/t/*.json"]))])
        #expect(job.client.basicAuth?.passwordFile == "/etc/x/p")
        #expect(job.client.tls.authorityFile == "/etc/x/ca")
        #expect(job.client.tls.certificateFile == "/c")
    }

    @Test func secretsAreHidden() throws {
        let text = """
            scrape_configs:
              - job_name: a
                basic_auth: {username: u, password: hunter2}
                http_headers: {x: {values: [shown], secrets: [hunter2]}}
                static_configs: [{targets: [a:1], labels: {password: shown}}]
            remote_write:
              - url: http://u:hunter2@h/x
                tls_config: {cert: c, key: hunter2}
            """
        let configuration = try ServerConfiguration.parse(text)
        #expect(!configuration.yaml.contains("hunter2"))
        #expect(configuration.yaml.contains("password: <secret>"))
        #expect(configuration.yaml.contains("password: shown"))
        #expect(configuration.yaml.contains("url: http://u:xxxxx@h/x"))
        #expect(!"\(configuration.scrapeConfigurations)".contains("hunter2"))
        #expect(configuration.scrapeConfigurations[0].client.basicAuth?.password.value == "hunter2")
    }

    @Test func anchorsAndMergesWork() throws {
        let configuration = try ServerConfiguration.parse(
            """
            scrape_configs:
              - &base
                job_name: a
                scrape_interval: 7s
                scrape_timeout: 3s
              - <<: *base
                job_name: b
            """)
        #expect(configuration.scrapeConfigurations.map(\.scrapeInterval) == [7000, 7000])
        #expect(configuration.scrapeConfigurations.map(\.jobName) == ["a", "b"])
    }

    @Test func kindsThatAreNotSupportedWarn() throws {
        let configuration = try ServerConfiguration.parse(
            "scrape_configs:\n- job_name: a\n  consul_sd_configs:\n  - server: x\n", file: "p.yml")
        #expect(
            configuration.warnings == ["p.yml:4: consul_sd_configs is not supported: it will find no targets"]
        )
        #expect(configuration.scrapeConfigurations[0].discovery == [.unsupported("consul_sd")])
    }

    @Test func whatHasNoEffectIsTold() throws {
        let configuration = try ServerConfiguration.parse(
            """
            remote_write: [{url: "http://x/write"}]
            remote_read: [{url: "http://x/read"}]
            scrape_configs: [{job_name: a, convert_classic_histograms_to_nhcb: true}]

            """, file: "p.yml")
        for name in ["remote_write", "remote_read", "convert_classic_histograms_to_nhcb"] {
            #expect(
                configuration.warnings.contains { $0.hasPrefix("p.yml: \(name) is not supported") },
                "\(configuration.warnings)")
        }
        #expect(try ServerConfiguration.parse("global: {}\n", file: "p.yml").warnings == [])
    }

    @Test(
        arguments: [
            ("0", 0), ("1KB", 1024), ("1KiB", 1024), ("15MB", 15 << 20), ("1GB512MB", 1536 << 20),
            ("1.5KB", 1536), ("-1B", -1),
        ] as [(String, Int64)])
    func sizes(text: String, bytes: Int64) throws {
        #expect(try ByteSize.parse(text) == bytes)
    }

    @Test(arguments: ["", "100", "KB", "1XB", "1e3KB", "99999999999EB", "--1B"]) func badSizes(text: String) {
        #expect(throws: ConfigurationError.self) { try ByteSize.parse(text) }
    }

    @Test func hostileFilesDoNoHarm() {
        for text in [
            String(repeating: "[", count: 5000), String(repeating: "a: {", count: 5000), "a: *b", "&a [*a]",
            "%YAML 9\n---\n", "- - - -", "? [x]\n: y",
        ] {
            #expect(throws: ConfigurationError.self) { try ServerConfiguration.parse(text) }
        }
    }
}

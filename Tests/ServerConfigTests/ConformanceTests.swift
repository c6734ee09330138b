import Scraping
import TestKit
import Testing

@testable import ServerConfig

/// The configuration files of Prometheus' own tests.
@Suite(.enabled(if: SharedFolders.conformance != nil)) struct ConformanceTests {
    private var folder: String { (SharedFolders.conformance ?? "") + "/config" }
    private var names: [String] { SharedFolders.list(folder).filter { $0.hasSuffix(".yml") } }

    /// Files that must be refused although their name does not say so, or that are not for this reader.
    private static let refused = [
        "config_with_deprecated_am_api_config.yml", "otlp_allow_utf8.incompatible.yml",
        "otlp_no_translation.incompatible.yml",
    ]

    @Test func everyGoodFileLoads() throws {
        var count = 0
        for name in names where !name.contains(".bad.") && !Self.refused.contains(name) {
            count += 1
            do { _ = try ServerConfiguration.load("\(folder)/\(name)") } catch {
                Issue.record("\(name): \(error)")
            }
        }
        #expect(count > 60)
    }

    @Test func everyBadFileIsRefusedAtItsPlace() throws {
        var count = 0
        for name in names where name.contains(".bad.") || Self.refused.contains(name) {
            count += 1
            let error = #expect(throws: ConfigurationError.self, "\(name)") {
                try ServerConfiguration.load("\(folder)/\(name)")
            }
            guard let error else { continue }
            #expect(error.line > 0, "\(name): \(error)")
            // A value that is not text has no field to name.
            let isBinary = error.message.contains("!!binary") || error.message.contains("\\xff")
            #expect(!error.field.isEmpty || isBinary, "\(name): \(error)")
        }
        #expect(count > 100)
    }

    @Test func renderedFilesLoadAgainAndSayTheSame() throws {
        for name in names where !name.contains(".bad.") && !Self.refused.contains(name) {
            let first = try ServerConfiguration.load("\(folder)/\(name)")
            do {
                let second = try ServerConfiguration.parse(first.yaml, file: "\(folder)/\(name)")
                #expect(
                    second.scrapeConfigurations.map(\.jobName) == first.scrapeConfigurations.map(\.jobName),
                    "\(name)")
                #expect(
                    second.scrapeConfigurations.map(\.relabelRules)
                        == first.scrapeConfigurations.map(\.relabelRules), "\(name)")
                #expect(
                    second.scrapeConfigurations.map(\.discovery.count)
                        == first.scrapeConfigurations.map(\.discovery.count), "\(name)")
                #expect(second.global == first.global, "\(name)")
                #expect(second.storage == first.storage, "\(name)")
                #expect(second.otlp == first.otlp, "\(name)")
                #expect(second.yaml == first.yaml, "\(name)")
            } catch {
                Issue.record("\(name): \(error)\n\(first.yaml)")
            }
        }
    }

    @Test func noSecretIsEverShown() throws {
        for name in names where !name.contains(".bad.") && !Self.refused.contains(name) {
            let yaml = try ServerConfiguration.load("\(folder)/\(name)").yaml
            for secret in [
                "mysecret", "testAppSecret", "testConsumerKey",
                "11111111-1111-1111-1111-111111111111\n      - role: baremetal",
            ] {
                #expect(!yaml.contains(secret), "\(name)")
            }
        }
    }
}

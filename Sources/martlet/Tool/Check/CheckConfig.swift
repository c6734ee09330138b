import ArgumentParser
import MetricModel
import Scraping
import ServerConfig
import WebClient

/// `martlet tool check config FILE…`: the configuration and the files it names. Exit code 1 when one is wrong,
/// 3 for complaints that are to be fatal.
struct CheckConfig: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Check if the config files are valid or not.")

    @ParentCommand var tool: ToolCommand
    @OptionGroup var flags: ToolFlags
    @OptionGroup var lint: LintFlags

    @Flag(
        name: .customLong("syntax-only"),
        help:
            "Only check the config file syntax, ignoring file and content validation referenced in the config."
    )
    var isSyntaxOnly = false

    @Option(name: .customLong("query.lookback-delta"), help: "The server's maximum query lookback duration.")
    var lookback = DurationFlag(300_000)

    @Argument(help: "The config files to check.")
    var files: [String]

    func run() async throws {
        var outcome = CheckOutcome()
        for file in files { check(file, &outcome) }
        try outcome.exit(lint)
    }

    private func check(_ file: String, _ outcome: inout CheckOutcome) {
        StandardOutput.write("Checking \(file)\n")
        var ruleFiles: [String] = []
        let configuration: ServerConfiguration
        do {
            configuration = try ServerConfiguration.load(file)
            if !isSyntaxOnly {
                ruleFiles = try CheckConfig.ruleFiles(configuration)
                for warning in try CheckConfig.filesOfJobs(configuration) {
                    StandardOutput.write("  WARNING: \(warning)\n")
                }
            }
        } catch {
            StandardError.write("  FAILED: \(error)\n\n")
            outcome.hasFaults = true
            return
        }
        for warning in configuration.warnings { StandardOutput.write("  WARNING: \(warning)\n") }
        if !ruleFiles.isEmpty { StandardOutput.write("  SUCCESS: \(ruleFiles.count) rule files found\n") }
        StandardOutput.write(" SUCCESS: \(file) is valid prometheus config file syntax\n\n")
        if isSyntaxOnly { return }
        if lint.includes("too-long-scrape-interval"),
            let job = configuration.scrapeConfigurations.first(where: {
                $0.scrapeInterval >= lookback.milliseconds
            })
        {
            StandardError.write(
                "  FAILED: too long scrape interval found, data point will be marked as stale - job: \(job.jobName), interval: \(DurationText.format(milliseconds: job.scrapeInterval))\n"
            )
            outcome.hasComplaints = true
        }
        let options = ToolFeatures(tool.flags, flags).parser
        for ruleFile in ruleFiles { RulesCheck.run(ruleFile, lint, options, &outcome) }
    }

    /// - Throws: when a file that is named without a pattern is not there.
    private static func ruleFiles(_ configuration: ServerConfiguration) throws(ProgramError) -> [String] {
        var result: [String] = []
        for pattern in configuration.ruleFiles {
            let found = FilePattern.matching(pattern)
            guard !found.isEmpty || pattern.contains("*") else {
                throw ProgramError(.io, "\(LabelText.quoted(pattern)) does not point to an existing file")
            }
            result += found
        }
        return result
    }

    /// Looks at the files that jobs and Alertmanagers name.
    ///
    /// - Returns: warnings.
    private static func filesOfJobs(_ configuration: ServerConfiguration) throws -> [String] {
        var warnings: [String] = []
        for job in configuration.scrapeConfigurations {
            let name = job.jobName
            try requireFile(
                job.client.authorization?.credentialsFile ?? "",
                "authorization credentials or bearer token file")
            try requireFile(job.client.tls.certificateFile, "client cert file")
            try requireFile(job.client.tls.keyFile, "client key file")
            warnings += try targetFiles(job.discovery, "in scrape job \(LabelText.quoted(name))")
        }
        for alertmanager in configuration.alerting.alertmanagers {
            warnings += try targetFiles(alertmanager.discovery, "in alertmanager config")
        }
        return warnings
    }

    private static func targetFiles(_ discovery: [DiscoverySettings], _ place: String) throws -> [String] {
        var warnings: [String] = []
        for case .file(let settings) in discovery {
            for pattern in settings.files {
                let found = FilePattern.matching(pattern)
                if found.isEmpty {
                    warnings.append("file \(LabelText.quoted(pattern)) for file_sd \(place) does not exist")
                }
                for file in found {
                    let text = String(decoding: try ProgramFile.read(file), as: UTF8.self)
                    do { _ = try TargetGroupFile.read(text, file: file) } catch {
                        throw ProgramError(.settings, "checking SD file \(LabelText.quoted(file)): \(error)")
                    }
                }
            }
        }
        return warnings
    }

    private static func requireFile(_ path: String, _ what: String) throws(ProgramError) {
        guard path.isEmpty || FilePattern.exists(path) else {
            throw ProgramError(
                .io, "error checking \(what) \(LabelText.quoted(path)): the file does not exist")
        }
    }
}

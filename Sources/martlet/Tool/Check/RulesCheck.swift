import ArgumentParser
import MetricModel
import PromQLSyntax
import Rules
import ServerConfig

/// What is looked for in rule files beside faults.
struct LintFlags: ParsableArguments {
    @Option(
        help:
            "Linting checks to apply, separated by commas: all, duplicate-rules, too-long-scrape-interval (of configurations), none."
    )
    var lint = "duplicate-rules"

    @Flag(name: .customLong("lint-fatal"), help: "Make lint errors exit with exit code 3.")
    var isLintFatal = false

    @Flag(name: .customLong("ignore-unknown-fields"), help: "Ignore unknown fields in the rule files.")
    var ignoresUnknownFields = false

    func validate() throws {
        for name in lint.split(separator: ",")
        where !["all", "duplicate-rules", "too-long-scrape-interval", "none"].contains(name) {
            StandardError.write("WARNING: unknown lint option: \"\(name)\"\n")
        }
    }

    func includes(_ name: String) -> Bool {
        let names = lint.split(separator: ",")
        return !names.contains("none") && (names.contains("all") || names.contains { $0 == name })
    }
}

/// How checks went: faults win over complaints.
struct CheckOutcome {
    var hasFaults = false
    var hasComplaints = false

    func exit(_ lint: LintFlags) throws {
        if hasFaults { throw ExitCode(1) }
        if hasComplaints, lint.isLintFatal { throw ExitCode(3) }
    }
}

/// Reads rule files and finds rules that stand twice.
enum RulesCheck {
    /// - Parameter text: nil reads the file.
    static func run(
        _ file: String, text: String? = nil, _ lint: LintFlags, _ options: ParserOptions,
        _ outcome: inout CheckOutcome
    ) {
        StandardOutput.write(text == nil ? "Checking \(file)\n" : "Checking standard input\n")
        let groups: [RuleGroupSettings]
        do {
            groups =
                try text.map {
                    try RuleFile.parse($0, options: options, ignoresUnknownFields: lint.ignoresUnknownFields)
                }
                ?? RuleFile.load(file, options: options, ignoresUnknownFields: lint.ignoresUnknownFields)
        } catch {
            StandardError.write("  FAILED:\n\(error)\n\n")
            outcome.hasFaults = true
            return
        }
        let doubles = lint.includes("duplicate-rules") ? duplicates(groups) : []
        guard doubles.isEmpty else {
            var message = "  FAILED:\nlint error \(doubles.count) duplicate rule(s) found.\n"
            for (name, labels) in doubles {
                message += "Metric: \(name)\nLabel(s):\n"
                for (label, value) in labels { message += "\t\(label): \(value)\n" }
            }
            StandardError.write(message + "Might cause inconsistency while recording expressions\n\n")
            outcome.hasComplaints = true
            return
        }
        StandardOutput.write("  SUCCESS: \(groups.reduce(0) { $0 + $1.rules.count }) rules found\n\n")
    }

    /// Rules of the same name and labels, each once.
    private static func duplicates(_ groups: [RuleGroupSettings]) -> [(name: String, labels: Labels)] {
        var counts: [String: [Labels: Int]] = [:]
        for group in groups {
            for rule in group.rules {
                let labels = Labels(
                    group.labels.merging(rule.labels, uniquingKeysWith: { $1 }).map { ($0.key, $0.value) })
                counts[rule.name, default: [:]][labels, default: 0] += 1
            }
        }
        return counts.sorted { $0.key < $1.key }.flatMap { name, labels in
            labels.filter { $0.value > 1 }.map(\.key).sorted().map { (name, $0) }
        }
    }
}

/// `martlet tool check rules [FILE…]`
struct CheckRules: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules", abstract: "Check if the rule files are valid or not.")

    @ParentCommand var tool: ToolCommand
    @OptionGroup var flags: ToolFlags
    @OptionGroup var lint: LintFlags

    @Argument(help: "The rule files to check, default is read from standard input.")
    var files: [String] = []

    func run() async throws {
        var outcome = CheckOutcome()
        let options = ToolFeatures(tool.flags, flags).parser
        if files.isEmpty {
            let text = String(decoding: try ProgramFile.read("/dev/stdin"), as: UTF8.self)
            RulesCheck.run("", text: text, lint, options, &outcome)
        }
        for file in files { RulesCheck.run(file, lint, options, &outcome) }
        try outcome.exit(lint)
    }
}

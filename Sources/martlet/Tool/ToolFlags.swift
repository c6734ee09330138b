import ArgumentParser
import PromQLEngine
import PromQLSyntax

/// promtool's flags that may stand before or after a command.
struct ToolFlags: ParsableArguments {
    @Flag(
        name: .customLong("experimental"),
        help: "Enable experimental commands. Accepted for promtool's sake: all are on.")
    var isExperimental = false

    @Option(
        name: .customLong("enable-feature"), parsing: .singleValue,
        help: """
            Comma separated feature names to enable: promql-experimental-functions, promql-delayed-name-removal, \
            promql-extended-range-selectors, promql-binop-fill-modifiers, use-start-timestamps, type-and-unit-labels. Can be repeated.
            """)
    var features: [String] = []
}

/// The parts of the language that ``ToolFlags`` turn on.
struct ToolFeatures {
    let parser: ParserOptions
    var engine = QueryEngine.Options()

    /// - Parameter flags: those before and those after the command.
    init(_ flags: ToolFlags...) {
        let features = ServerFeatures(flags.flatMap(\.features))
        for name in features.unknown {
            StandardError.write("  WARNING: Unknown feature passed to --enable-feature: \(name)\n")
        }
        parser = features.parserOptions
        engine.delaysNameRemoval = features.delaysNameRemoval
        engine.usesStartTimestamps = features.usesStartTimestamps
        engine.usesTypeLabels = features.usesTypeLabels
    }

    /// The parsed query; when it does not parse, says so and ends with exit code 1.
    func parse(_ query: String) throws -> Expression {
        do {
            return try Expression.parse(query, options: parser)
        } catch {
            StandardError.write("\(error)\n")
            throw ExitCode(1)
        }
    }
}

import ArgumentParser

/// How answers are written.
struct OutputFlags: ParsableArguments {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        /// As promtool prints values.
        case promql
        case json
        /// Columns.
        case table
    }

    @Option(name: [.customShort("o"), .customLong("format")], help: "Output format of the query.")
    var format: Format?
}

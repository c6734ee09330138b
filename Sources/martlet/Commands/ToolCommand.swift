import ArgumentParser

/// `martlet tool …`: what promtool does, under its names.
struct ToolCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tool", abstract: "Check, query, test and inspect, under promtool's names.",
        subcommands: [
            Check.self, Query.self, Test.self, TSDB.self, PromQL.self, DashboardsTool.self, GrafanaTool.self,
        ])

    @OptionGroup var flags: ToolFlags

    /// `martlet tool check …`
    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check", abstract: "Check the resources for validity.",
            subcommands: [
                CheckConfig.self, CheckWebConfig.self, CheckRules.self, CheckMetrics.self, CheckHealthy.self,
                CheckReady.self,
            ])
    }

    /// `martlet tool query …`
    struct Query: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "query", abstract: "Run query against a Prometheus server.",
            subcommands: [
                QueryInstant.self, QueryRange.self, QuerySeries.self, QueryLabels.self, QueryAnalyze.self,
            ])

        @OptionGroup var connection: ConnectionFlags
        @OptionGroup var output: OutputFlags
    }

    /// `martlet tool test …`
    struct Test: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "test", abstract: "Unit testing.", subcommands: [TestRules.self])
    }

    /// `martlet tool tsdb …`
    struct TSDB: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "tsdb", abstract: "Look into a data directory.",
            subcommands: [
                TSDBList.self, TSDBAnalyze.self, TSDBDump.self, TSDBDumpOpenMetrics.self, TSDBVerify.self,
                TSDBImport.self, TSDBExport.self, CreateBlocks.self, Bench.self,
            ])

        /// `martlet tool tsdb bench …`
        struct Bench: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                commandName: "bench", abstract: "Run benchmarks.", subcommands: [TSDBBenchWrite.self])
        }

        /// `martlet tool tsdb create-blocks-from …`
        struct CreateBlocks: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                commandName: "create-blocks-from", abstract: "Make blocks out of samples in another format.",
                subcommands: [TSDBCreateBlocks.self])
        }
    }

    /// `martlet tool promql …`
    struct PromQL: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "promql", abstract: "Format, edit, explain and test PromQL.",
            subcommands: [PromQLFormat.self, LabelMatchers.self, PromQLExplain.self, PromQLTest.self])

        struct LabelMatchers: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                commandName: "label-matchers",
                abstract: "Edit label matchers contained within an existing PromQL query.",
                subcommands: [LabelMatchersSet.self, LabelMatchersDelete.self])
        }
    }
}

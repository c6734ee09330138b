// Usage: bench-engine [storage SERIES ROUNDS | promql [small]]
let arguments = CommandLine.arguments
if arguments.count >= 2, arguments[1] == "promql" {
    try PromQLBench.run(small: arguments.contains("small"))
} else if arguments.count >= 4, arguments[1] == "storage", let series = Int(arguments[2]), let rounds = Int(arguments[3]) {
    try StorageBench.run(seriesCount: series, rounds: rounds)
} else {
    try StorageBench.run(seriesCount: 1000, rounds: 200)
    try PromQLBench.run(small: true)
}

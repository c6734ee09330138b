// Usage: bench-engine [storage SERIES ROUNDS]…
let arguments = CommandLine.arguments
if arguments.count >= 4, arguments[1] == "storage", let series = Int(arguments[2]), let rounds = Int(arguments[3]) {
    try StorageBench.run(seriesCount: series, rounds: rounds)
} else {
    try StorageBench.run(seriesCount: 1000, rounds: 200)
}

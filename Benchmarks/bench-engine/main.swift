import Platform
import TSDB

// Usage: bench-engine [storage SERIES ROUNDS | promql [small] | scaling [small] | hostile [small] | decode | numbers | remote-write | dump FOLDER | verify FOLDER | create-blocks FILE FOLDER]
let arguments = CommandLine.arguments
switch arguments.count > 1 ? arguments[1] : "" {
case "promql":
    try PromQLBench.run(small: arguments.contains("small"))
case "remote-write":
    try RemoteWriteBench.run()
case "decode":
    DecodeBench.run()
case "numbers":
    NumberBench.run()
case "scaling":
    ScalingBench.run(small: arguments.contains("small"))
case "hostile":
    HostileBench.run(small: arguments.contains("small"))
case "storage" where arguments.count >= 4:
    try StorageBench.run(seriesCount: Int(arguments[2]) ?? 1000, rounds: Int(arguments[3]) ?? 100)
case "dump" where arguments.count >= 3:
    // For comparing with `promtool tsdb dump`.
    var options = DatabaseOptions(path: arguments[2])
    options.isReadOnly = true
    let database = try Database(options)
    let warnings = try database.dump { print(String(decoding: $0, as: UTF8.self), terminator: "") }
    for warning in warnings + database.damages { print("# \(warning)") }
case "create-blocks" where arguments.count >= 4:
    // For comparing with `promtool tsdb create-blocks-from openmetrics`.
    let result = try OpenMetricsImport(arguments[2], into: arguments[3])
    print("\(result.blocks.count) blocks, \(result.seriesCount) series, \(result.sampleCount) samples")
case "verify" where arguments.count >= 3:
    let check = DirectoryCheck(path: arguments[2])
    print(
        "\(check.blockCount) blocks, \(check.seriesCount) series, \(check.chunkCount) chunks, "
            + "\(check.sampleCount) samples, \(check.headChunkCount) head chunks, \(check.logRecordCount) log records"
    )
    for finding in check.findings { print(finding) }
default:
    try StorageBench.run(seriesCount: 1000, rounds: 200)
    try PromQLBench.run(small: true)
    DecodeBench.run(small: true)
    NumberBench.run(small: true)
    try RemoteWriteBench.run(seriesCount: 500, rounds: 4)
    ScalingBench.run(small: true)
    HostileBench.run(small: true)
}

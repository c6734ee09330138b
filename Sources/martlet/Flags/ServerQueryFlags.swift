import ArgumentParser

/// The bounds of queries.
struct ServerQueryFlags: ParsableArguments {
    @Option(
        name: .customLong("query.lookback-delta"),
        help: "The maximum lookback duration for retrieving metrics during expression evaluations.")
    var lookbackDelta = DurationFlag(300_000)

    @Option(name: .customLong("query.timeout"), help: "Maximum time a query may take before being aborted.")
    var timeout = DurationFlag(120_000)

    @Option(
        name: .customLong("query.max-concurrency"), help: "Maximum number of queries executed concurrently.")
    var concurrency = 20

    @Option(
        name: .customLong("query.max-samples"),
        help: "Maximum number of samples a single query can load into memory.")
    var samplesMax = 50_000_000

    @Option(
        name: .customLong("storage.remote.read-sample-limit"),
        help:
            "Maximum overall number of samples to return via the remote read interface, in a single query. 0 is no bound."
    )
    var remoteReadSamplesMax = 50_000_000

    @Option(
        name: .customLong("storage.remote.read-concurrent-limit"),
        help: "Maximum number of concurrent remote read calls. 0 is no bound beyond --query.max-concurrency.")
    var remoteReadConcurrency = 10

    @Option(
        name: .customLong("query.max-memory"),
        help:
            "The memory that all running queries and their answers may take together; further ones wait, and get 503 after 10 s, in a crowd after 2 s. (default: a hundredth of the memory)"
    )
    var memoryMax: SizeFlag?

    @Option(
        name: .customLong("query.decoded-memory"),
        help:
            "The memory for samples of blocks that are kept decoded while they are asked for at least once a minute, as dashboards do. 0 keeps none. (default: a third of --query.max-memory)"
    )
    var decodedMemory: SizeFlag?

    /// Bytes.
    var decodedBytesMax: Int {
        let third = (memoryMax.map { Int(clamping: $0.bytes) } ?? QueryMemory.standard) / 3
        return decodedMemory.map { Int(clamping: $0.bytes) } ?? third
    }

    func validate() throws {
        guard (1...1000).contains(concurrency) else {
            throw ValidationError("--query.max-concurrency: got \(concurrency), want 1 to 1000")
        }
        guard samplesMax > 0 else {
            throw ValidationError("--query.max-samples: got \(samplesMax), want more than 0")
        }
        guard remoteReadSamplesMax >= 0, remoteReadConcurrency >= 0 else {
            throw ValidationError("--storage.remote.read-…-limit: got a number below 0, want 0 or more")
        }
    }
}

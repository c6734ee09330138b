import ArgumentParser
import MetricModel

/// The flags of `martlet server`: Prometheus', under their names. Each has its effect or is listed in
/// ``ServerFlags/idle``, and a warning says so when it is given.
struct ServerFlags: ParsableArguments {
    @Option(name: .customLong("config.file"), help: "Configuration file path.")
    var configFile = "prometheus.yml"

    @Flag(
        name: .customLong("config.auto-reload"), inversion: .prefixedNo,
        help: "Load the configuration anew when one of its files has changed.")
    var autoReload = false

    @Option(name: .customLong("config.auto-reload-interval"), help: "How often to look for changed files.")
    var autoReloadInterval = DurationFlag(30_000)

    @Option(
        name: .customLong("web.listen-address"), parsing: .singleValue,
        help: "Address to listen on for UI, API, and telemetry. Can be repeated. (default: 0.0.0.0:9090)")
    var listenAddresses: [AddressFlag] = []

    @Option(name: .customLong("storage.tsdb.path"), help: "Base path for metrics storage.")
    var storagePath = "data/"

    @Option(
        name: .customLong("storage.tsdb.retention.time"), help: "How long to retain samples. (default: 15d)")
    var retentionTime: DurationFlag?

    @OptionGroup var web: ServerWebFlags
    @OptionGroup var storage: ServerStorageFlags
    @OptionGroup var query: ServerQueryFlags
    @OptionGroup var rules: ServerRuleFlags
    @OptionGroup var idle: ServerIdleFlags

    @Option(
        name: .customLong("enable-feature"), parsing: .singleValue,
        help: "Comma separated feature names to enable. Can be repeated; names that are not known are logged."
    )
    var featureLists: [String] = []

    var features: ServerFeatures { ServerFeatures(featureLists) }

    func validate() throws {
        guard autoReloadInterval.milliseconds >= 1000 else {
            throw ValidationError(
                "--config.auto-reload-interval: got \(autoReloadInterval), want at least 1s")
        }
    }
}

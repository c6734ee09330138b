import ArgumentParser

/// How rules are evaluated and alerts delivered.
struct ServerRuleFlags: ParsableArguments {
    @Option(
        name: .customLong("rules.alert.for-outage-tolerance"),
        help: "Max time to tolerate an outage for restoring the \"for\" state of alerts.")
    var outageTolerance = DurationFlag(3_600_000)

    @Option(
        name: .customLong("rules.alert.for-grace-period"),
        help:
            "Minimum duration between an alert and its restored \"for\" state; only for alerts that hold longer."
    )
    var gracePeriod = DurationFlag(600_000)

    @Option(
        name: .customLong("rules.alert.resend-delay"),
        help: "Minimum amount of time to wait before resending an alert.")
    var resendDelay = DurationFlag(60_000)

    @Option(
        name: .customLong("rules.max-concurrent-evals"), help: "How many rule groups are evaluated at once.")
    var concurrency = 4

    @Option(
        name: .customLong("alertmanager.notification-queue-capacity"),
        help: "The capacity of the queue for pending alerts of each Alertmanager.")
    var queueCapacity = 10_000

    @Option(
        name: .customLong("alertmanager.notification-batch-size"),
        help: "The maximum number of alerts per request to an Alertmanager.")
    var batchSize = 256

    @Flag(
        name: .customLong("alertmanager.drain-notification-queue-on-shutdown"), inversion: .prefixedNo,
        help: "Send any outstanding alerts before shutting down.")
    var drainsQueue = true

    func validate() throws {
        guard (1...256).contains(concurrency) else {
            throw ValidationError("--rules.max-concurrent-evals: got \(concurrency), want 1 to 256")
        }
        guard queueCapacity > 0 else {
            throw ValidationError(
                "--alertmanager.notification-queue-capacity: got \(queueCapacity), want more than 0")
        }
        guard batchSize > 0 else {
            throw ValidationError(
                "--alertmanager.notification-batch-size: got \(batchSize), want more than 0")
        }
    }
}

import ArgumentParser
import Logging
import PredictionAPI

/// How `martlet webapp` and `martlet up` serve the prediction API.
struct WebappFlags: ParsableArguments {
    @Option(name: .customLong("model"), help: "Model file (XGBoost's JSON); the built-in one if absent.")
    var model: String?

    @Option(name: .customLong("app-name"), help: "Value of the label app_name.")
    var appName = "webapp"

    @Option(name: .customLong("cpu-powers"), help: "How many powers GET /cpu computes.")
    var cpuPowers = 10_000

    @Option(name: .customLong("memory-keys"), help: "How many keys GET /memory holds at once.")
    var memoryKeys = 10_000_000

    func validate() throws {
        guard (0...100_000).contains(cpuPowers) else {
            throw ValidationError("--cpu-powers: got \(cpuPowers), want 0 to 100000")
        }
        guard (0...100_000_000).contains(memoryKeys) else {
            throw ValidationError("--memory-keys: got \(memoryKeys), want 0 to 100000000")
        }
    }

    func role(logger: Logger) throws -> Role {
        var options = PredictionOptions()
        options.appName = appName
        options.cpuPowers = cpuPowers
        options.memoryKeys = memoryKeys
        return try Role.webapp(modelPath: model, options: options, logger: logger)
    }
}

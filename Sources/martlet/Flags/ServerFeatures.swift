import Platform
import PromQLEngine
import PromQLSyntax

/// What `--enable-feature` switches on.
struct ServerFeatures {
    var parserOptions = ParserOptions()
    var delaysNameRemoval = false
    var usesTypeLabels = false
    var usesStartTimestamps = false
    var countsSamplesPerStep = false
    var keepsMetadata = false
    var storesStartTimestamps = false
    /// Names that stand for what is always on here.
    private(set) var needless: [String] = []
    /// Names that have no effect.
    private(set) var unknown: [String] = []
    /// All names that have one.
    private(set) var names: [String] = []

    /// What other versions of Prometheus had to be told, and we do anyway.
    private static let alwaysOn: Set<String> = [
        "native-histograms", "ooo-native-histograms", "promql-duration-expr", "promql-at-modifier",
        "promql-negative-offset",
        "remote-write-receiver", "utf8-names", "new-service-discovery-manager", "auto-gomaxprocs",
        "auto-gomemlimit",
        "no-default-scrape-port", "exemplar-storage", "memory-snapshot-on-shutdown",
    ]

    /// - Parameter lists: names, several parted by commas.
    init(_ lists: [String]) {
        for name in lists.flatMap({ $0.split(separator: ",") }).map(String.init) {
            switch name {
            case "promql-experimental-functions": parserOptions.experimentalFunctions = true
            case "promql-extended-range-selectors": parserOptions.extendedRangeSelectors = true
            case "promql-binop-fill-modifiers": parserOptions.fillModifiers = true
            case "promql-delayed-name-removal": delaysNameRemoval = true
            case "promql-per-step-stats": countsSamplesPerStep = true
            case "metadata-wal-records": keepsMetadata = true
            case "st-storage": storesStartTimestamps = true
            case "type-and-unit-labels": usesTypeLabels = true
            case "use-start-timestamps": usesStartTimestamps = true
            case _ where Self.alwaysOn.contains(name):
                needless.append(name)
                continue
            default:
                unknown.append(name)
                continue
            }
            names.append(name)
        }
    }

    func engineOptions(_ flags: ServerQueryFlags, subqueryStep: Int64) -> QueryEngine.Options {
        var options = QueryEngine.Options()
        options.samplesMax = flags.samplesMax
        let memoryMax = flags.memoryMax.map { Int(clamping: $0.bytes) }
        options.budget = MemoryBudget(
            limit: memoryMax ?? QueryMemory.standard, whenFreed: { FreedMemory.giveBack() })
        options.bytesMax = min(options.bytesMax, memoryMax ?? Int(clamping: MemoryLimit.current() / 2))
        options.subqueryStep = subqueryStep
        options.delaysNameRemoval = delaysNameRemoval
        options.usesTypeLabels = usesTypeLabels
        options.usesStartTimestamps = usesStartTimestamps
        options.countsSamplesPerStep = countsSamplesPerStep
        return options
    }
}

/// Groups of metrics that are switched on and off together; the names are cAdvisor's.
public enum MetricGroup: String, CaseIterable, Sendable {
    case advancedTCP = "advtcp"
    case application = "app"
    case cpu
    case cpuLoad
    case cpuTopology = "cpu_topology"
    case cpuset
    case disk
    case diskIO
    case hugetlb
    case memory
    case memoryNUMA = "memory_numa"
    case network
    case oomEvents = "oom_event"
    case perCPU = "percpu"
    case perfEvents = "perf_event"
    case pressure
    case process
    case referencedMemory = "referenced_memory"
    case resctrl
    case scheduler = "sched"
    case tcp
    case udp

    /// What is off unless asked for: costly to read, or many series.
    public static let defaultDisabled: Set<MetricGroup> = [
        .advancedTCP, .cpuTopology, .cpuset, .hugetlb, .memoryNUMA, .process, .referencedMemory, .resctrl,
        .scheduler, .tcp, .udp,
    ]

    /// The groups that are on by default.
    public static let defaultEnabled = Set(allCases).subtracting(defaultDisabled)

    /// Reads a comma-separated list, as `--disable_metrics` and `--enable_metrics` take it. An empty
    /// list is the empty set.
    ///
    /// - Throws: `invalidOption` with the name that is no group and the names that are.
    public static func parse(_ list: String) throws(ContainerStatsError) -> Set<MetricGroup> {
        var result: Set<MetricGroup> = []
        for name in list.split(separator: ",", omittingEmptySubsequences: true) {
            let name = name.drop { $0 == " " }
            guard let group = MetricGroup(rawValue: String(name)) else {
                throw ContainerStatsError(
                    .invalidOption,
                    "unknown metric group \"\(name)\", want any of \(allCases.map(\.rawValue).joined(separator: ", "))"
                )
            }
            result.insert(group)
        }
        return result
    }
}

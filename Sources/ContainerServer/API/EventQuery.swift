import ContainerStats
import Hummingbird

/// The arguments of requests for events.
enum EventQuery {
    /// - Parameter path: of the cgroup.
    /// - Throws: `invalidRequest`.
    static func read(
        _ path: String, _ request: Request
    ) throws(ContainerServerError) -> (request: ContainerEventRequest, isStream: Bool) {
        var result = ContainerEventRequest()
        result.path = path
        var isStream = false
        for (name, value) in request.uri.queryParameters {
            switch name {
            case "oom_events": if try bool(name, value) { result.kinds.insert(.oom) }
            case "oom_kill_events": if try bool(name, value) { result.kinds.insert(.oomKill) }
            case "creation_events": if try bool(name, value) { result.kinds.insert(.containerCreation) }
            case "deletion_events": if try bool(name, value) { result.kinds.insert(.containerDeletion) }
            case "all_events": if try bool(name, value) { result.kinds = Set(ContainerEvent.Kind.allCases) }
            case "subcontainers": result.includesSubcontainers = try bool(name, value)
            case "stream": isStream = try bool(name, value)
            case "max_events":
                guard let count = Int(value), count >= -1 else { throw bad(name, value) }
                result.count = count == -1 ? nil : count
            case "start_time", "end_time":
                guard let seconds = RFC3339.seconds(String(value)) else { throw bad(name, value) }
                if name == "start_time" {
                    result.start = Int64(seconds * 1000)
                } else {
                    result.end = Int64(seconds * 1000)
                }
            default: continue
            }
        }
        return (result, isStream)
    }

    private static func bool(_ name: Substring, _ value: Substring) throws(ContainerServerError) -> Bool {
        switch value {
        case "1", "t", "T", "true", "TRUE", "True": return true
        case "0", "f", "F", "false", "FALSE", "False": return false
        default: throw bad(name, value)
        }
    }

    private static func bad(_ name: Substring, _ value: Substring) -> ContainerServerError {
        ContainerServerError(.invalidRequest, "invalid \(name): got \"\(value)\"")
    }
}

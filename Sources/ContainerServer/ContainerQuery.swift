import ContainerStats
import Hummingbird

/// The query arguments that all of REST v2 and the metrics share.
struct ContainerQuery: Sendable {
    /// How a container is named in the path.
    enum Naming: String {
        /// By its cgroup.
        case name
        /// By the name or id that a runtime gave.
        case docker
        case podman
    }

    var naming = Naming.name
    /// The most samples of each container; nil is all.
    var count: Int? = 64
    var isRecursive = false
    var maxAge: Duration

    /// - Throws: `invalidRequest`.
    init(_ request: Request, defaultMaxAge: Duration) throws(ContainerServerError) {
        maxAge = defaultMaxAge
        let query = request.uri.queryParameters
        if let type = query["type"], !type.isEmpty {
            guard let naming = Naming(rawValue: String(type)) else {
                throw ContainerServerError(.invalidRequest, "unknown 'type' \"\(type)\" for container name")
            }
            self.naming = naming
        }
        if let text = query["count"], !text.isEmpty {
            guard let count = Int(text), count >= -1 else {
                throw ContainerServerError(.invalidRequest, "failed to parse 'count' option: \(text)")
            }
            self.count = count == -1 ? nil : count
        }
        if let text = query["recursive"] { isRecursive = text == "true" }
        if let text = query["max_age"], !text.isEmpty {
            guard let seconds = GoDuration.seconds(String(text)), seconds >= 0, seconds < 1e9 else {
                throw ContainerServerError(.invalidRequest, "failed to parse 'max_age' option: \(text)")
            }
            maxAge = .seconds(seconds)
        }
    }

    /// Whether a container belongs to the answer by its kind.
    var isShown: @Sendable (ContainerSnapshot) -> Bool {
        switch naming {
        case .name: { _ in true }
        case .docker: { $0.identity.runtime == .docker }
        case .podman: { $0.identity.runtime == .podman }
        }
    }
}

import ContainerStats

/// Finds containers of a snapshot by the names that requests use.
struct ContainerFinder {
    let snapshot: MachineSnapshot

    /// - Throws: `notFound`.
    func cgroup(_ path: String) throws(ContainerServerError) -> ContainerSnapshot {
        guard let found = snapshot.containers.first(where: { $0.path == path }) else {
            throw ContainerServerError(.notFound, "unknown container \"\(path)\"")
        }
        return found
    }

    /// The direct children of a cgroup.
    func children(of path: String) -> [ContainerSnapshot] {
        let prefix = path == "/" ? "/" : path + "/"
        return snapshot.containers.filter { container in
            container.path.hasPrefix(prefix) && container.path.utf8.count > prefix.utf8.count
                && !container.path.dropFirst(prefix.count).contains("/")
        }
    }

    /// A cgroup and all below it.
    func subtree(_ path: String) throws(ContainerServerError) -> [ContainerSnapshot] {
        let top = try cgroup(path)
        let prefix = path == "/" ? "/" : path + "/"
        return [top] + snapshot.containers.filter { $0.path.hasPrefix(prefix) && $0.path != path }
    }

    /// The containers of a runtime.
    func containers(of runtime: ContainerIdentity.Runtime) -> [ContainerSnapshot] {
        snapshot.containers.filter { $0.identity.runtime == runtime }
    }

    /// A container of a runtime by name, id, or the beginning of an id that only one has.
    ///
    /// - Throws: `notFound`.
    func container(
        _ name: String, of runtime: ContainerIdentity.Runtime
    ) throws(ContainerServerError) -> ContainerSnapshot {
        let all = containers(of: runtime)
        if let found = all.first(where: { $0.identity.name == name || $0.identity.id == name }) {
            return found
        }
        let matching = name.isEmpty ? [] : all.filter { $0.identity.id.hasPrefix(name) }
        guard matching.count <= 1 else {
            throw ContainerServerError(
                .notFound, "unable to find container. Container \"\(name)\" is not unique")
        }
        guard let found = matching.first else {
            throw ContainerServerError(.notFound, "unable to find \(runtime.rawValue) container \"\(name)\"")
        }
        return found
    }

    /// What a request of the second API is about.
    ///
    /// - Throws: `notFound`.
    func containers(_ path: String, _ query: ContainerQuery) throws(ContainerServerError)
        -> [ContainerSnapshot]
    {
        let runtime: ContainerIdentity.Runtime
        switch query.naming {
        case .name: return query.isRecursive ? try subtree(path) : [try cgroup(path)]
        case .docker: runtime = .docker
        case .podman: runtime = .podman
        }
        let name = String(path.dropFirst())
        if name.isEmpty {
            guard query.isRecursive else {
                throw ContainerServerError(
                    .notFound, "invalid request: a container is not named; use recursive=true for all")
            }
            return containers(of: runtime)
        }
        return [try container(name, of: runtime)]
    }
}

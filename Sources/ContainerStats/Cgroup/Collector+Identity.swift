extension Collector {
    /// Gives the cgroups the names that their runtimes have told by now.
    func identify() {
        var unknown: [ContainerID] = []
        for cgroup in cgroups.values {
            if let id = cgroup.runtimeID, cgroup.recordVersion == 0 { unknown.append(id) }
        }
        if !unknown.isEmpty { records.want(unknown, wait: options.firstNameWait) }
        let version = records.version
        for cgroup in cgroups.values {
            guard let id = cgroup.runtimeID else {
                if cgroup.labelText.isEmpty { identifyRaw(cgroup) }
                continue
            }
            guard cgroup.recordVersion != version else { continue }
            if let record = records.record(id) {
                cgroup.recordVersion = version
                guard cgroup.recordRevision != record.revision else { continue }
                cgroup.recordRevision = record.revision
                let identity = identity(record, path: cgroup.path)
                cgroup.identity = identity
                cgroup.identityNetworkMode = NetworkMode(record.networkMode)
                cgroup.labelText = LabelText.render(identity)
                // A runtime that reports a change may have changed limits.
                readSpec(cgroup)
            } else if cgroup.labelText.isEmpty {
                identifyRaw(cgroup)
            }
        }
    }

    private func identifyRaw(_ cgroup: Cgroup) {
        cgroup.identity.created = creationTime(cgroup)
        cgroup.identity.started = cgroup.identity.created
        cgroup.labelText = LabelText.render(cgroup.identity)
    }

    private func identity(_ record: RuntimeRecord, path: String) -> ContainerIdentity {
        var identity = ContainerIdentity(path: path)
        identity.runtime = record.runtime
        identity.id = record.id
        identity.name = record.name.isEmpty ? record.id : record.name
        identity.image = record.image
        identity.created = record.created
        identity.started = record.started > 0 ? record.started : record.created
        identity.health = record.health
        identity.restarts = record.restarts
        identity.labels = record.labels.compactMap { pair in
            guard options.storesLabels || options.keptLabels.contains(pair.name) else { return nil }
            return (pair.name, pair.value)
        }
        let lowersCase = record.runtime == .docker || record.runtime == .podman
        identity.environment = record.environment.compactMap { pair in
            guard options.environmentPrefixes.contains(where: { !$0.isEmpty && pair.name.hasPrefix($0) })
            else { return nil }
            return (lowersCase ? pair.name.lowercased() : pair.name, pair.value)
        }.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        return identity
    }

    /// When a cgroup without a runtime was made: the oldest time that its folders tell, not before the
    /// machine's start.
    private func creationTime(_ cgroup: Cgroup) -> Double {
        guard let mounts else { return 0 }
        var oldest = Double.infinity
        let marker = mounts.version == .v2 ? "cgroup.events" : "cgroup.clone_children"
        for folder in mounts.trees {
            let base = cgroup.path == "/" ? folder : folder + cgroup.path
            for path in [base, base + "/" + marker] {
                if let time = KernelPath.modificationTime(path) { oldest = min(oldest, time) }
            }
        }
        guard oldest.isFinite else { return facts.bootTime }
        return max(oldest, facts.bootTime)
    }
}

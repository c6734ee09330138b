extension Collector {
    /// Tells what a container's writable layer and log take of the file system that holds them. The
    /// size is measured elsewhere; until it is known there is none.
    func readLayer(_ cgroup: Cgroup) {
        guard groups.contains(.disk), let id = cgroup.runtimeID, let record = records.record(id),
            record.isRunning, !record.layerFolder.isEmpty
        else { return }
        let host = String(procfs.dropLast("/proc".count))
        let layer = host + record.layerFolder
        let log = record.logFolder.isEmpty ? "" : host + record.logFolder
        guard let measure = usage.measure(record.id, layer: layer, log: log),
            var sample = filesystems.sample(holding: layer.dropFirst(options.root.count).description)
        else { return }
        sample.usage = measure.layer &+ measure.log
        sample.baseUsage = measure.layer
        cgroup.sample.filesystems = [sample]
    }
}

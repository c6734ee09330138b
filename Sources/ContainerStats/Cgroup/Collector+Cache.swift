extension Collector {
    /// Reads what resctrl monitors (kernel: Documentation/arch/x86/resctrl.rst): the machine's data for "/",
    /// and for a container those of the group that its runtime made under its id. No groups are made here.
    func readCache(_ cgroup: Cgroup) {
        cgroup.sample.cache.removeAll(keepingCapacity: true)
        let base = options.root + "/sys/fs/resctrl"
        let folders: [String]
        if cgroup.path == "/" {
            folders = [base]
        } else if let id = cgroup.runtimeID?.text {
            folders = ["\(base)/\(id)", "\(base)/mon_groups/\(id)"]
        } else {
            return
        }
        for folder in folders {
            for name in KernelPath.list(folder + "/mon_data").sorted() where name.hasPrefix("mon_L3_") {
                guard let node = Int(name.dropFirst("mon_L3_".count)) else { continue }
                var sample = CacheSample(node: node)
                let data = "\(folder)/mon_data/\(name)"
                guard let occupancy = cacheNumber(data + "/llc_occupancy") else { continue }
                sample.occupancy = occupancy
                sample.totalBytes = cacheNumber(data + "/mbm_total_bytes") ?? 0
                sample.localBytes = cacheNumber(data + "/mbm_local_bytes") ?? 0
                cgroup.sample.cache.append(sample)
            }
            if !cgroup.sample.cache.isEmpty { return }
        }
    }

    /// "Unavailable" and "Error" are no numbers.
    private func cacheNumber(_ path: String) -> UInt64? {
        reader.readFile(path) == 0 ? reader.integer() : nil
    }
}

extension MachineFacts {
    /// Reads memory nodes, cores, caches, disks and interfaces from /sys.
    mutating func readTopology(root: String, reader: inout FileReader) {
        readNodes(root + "/sys/devices/system", reader: &reader)
        readDisks(root + "/sys/block", reader: &reader)
        readInterfaces(root + "/sys/class/net", reader: &reader)
    }

    private mutating func readNodes(_ system: String, reader: inout FileReader) {
        let ids = KernelPath.list(system + "/node").compactMap { name in
            name.hasPrefix("node") ? Int(name.dropFirst(4)) : nil
        }.sorted()
        var result: [MachineNode] = []
        for id in ids {
            let folder = "\(system)/node/node\(id)"
            var node = MachineNode(id: id)
            if reader.readFile(folder + "/meminfo") == 0 {
                while !reader.isAtEnd {
                    let words = reader.restOfLine().split(separator: " ")
                    if words.count >= 4, words[2] == "MemTotal:", let size = UInt64(words[3]) {
                        node.memory = size &* 1024
                    }
                }
            }
            node.hugePages = MachineFacts.hugePages(folder + "/hugepages", reader: &reader)
            node.distances = MachineFacts.line(folder + "/distance", reader: &reader).split(separator: " ")
                .compactMap { UInt64($0) }
            let processors = CPUList.parse(MachineFacts.line(folder + "/cpulist", reader: &reader))
            readCores(processors, system: system, into: &node, reader: &reader)
            result.append(node)
        }
        if result.isEmpty {
            var node = MachineNode(id: 0)
            node.memory = memory
            node.hugePages = hugePages
            let processors = CPUList.parse(MachineFacts.line(system + "/cpu/online", reader: &reader))
            readCores(processors, system: system, into: &node, reader: &reader)
            result = [node]
        }
        nodes = result
    }

    private func readCores(
        _ processors: [Int], system: String, into node: inout MachineNode, reader: inout FileReader
    ) {
        for processor in processors {
            let folder = "\(system)/cpu/cpu\(processor)"
            let core = Int(MachineFacts.line(folder + "/topology/core_id", reader: &reader)) ?? processor
            let socket =
                Int(MachineFacts.line(folder + "/topology/physical_package_id", reader: &reader)) ?? 0
            if let known = node.cores.firstIndex(where: { $0.id == core && $0.socket == socket }) {
                node.cores[known].threads.append(processor)
                continue
            }
            var entry = MachineCore(id: core, socket: socket, threads: [processor])
            for name in KernelPath.list(folder + "/cache").sorted() where name.hasPrefix("index") {
                let cache = "\(folder)/cache/\(name)"
                let sizeText = MachineFacts.line(cache + "/size", reader: &reader)
                guard let size = UInt64(sizeText.prefix { $0.isNumber }),
                    let level = Int(MachineFacts.line(cache + "/level", reader: &reader))
                else { continue }
                let unit: UInt64 = sizeText.hasSuffix("M") ? 1024 * 1024 : 1024
                let found = MachineCache(
                    id: Int(MachineFacts.line(cache + "/id", reader: &reader)) ?? 0, size: size &* unit,
                    type: MachineFacts.line(cache + "/type", reader: &reader), level: level)
                // What only this core's threads share is the core's, the rest the node's.
                let shared = CPUList.parse(MachineFacts.line(cache + "/shared_cpu_list", reader: &reader))
                    .count
                if level > 2 || shared > 2 {
                    if !node.caches.contains(where: {
                        $0.level == level && $0.type == found.type && $0.id == found.id
                    }) {
                        node.caches.append(found)
                    }
                } else {
                    entry.caches.append(found)
                }
            }
            node.cores.append(entry)
        }
    }

    private mutating func readDisks(_ folder: String, reader: inout FileReader) {
        var result: [MachineDisk] = []
        for name in KernelPath.list(folder).sorted() {
            guard !name.hasPrefix("loop"), !name.hasPrefix("ram"), !name.hasPrefix("zram") else { continue }
            let device = MachineFacts.line("\(folder)/\(name)/dev", reader: &reader).split(separator: ":")
            guard device.count == 2, let major = UInt32(device[0]), let minor = UInt32(device[1]),
                reader.readFile("\(folder)/\(name)/size") == 0, let sectors = reader.integer()
            else { continue }
            // "none [mq-deadline] kyber": the one in brackets is in use.
            let schedulers = MachineFacts.line("\(folder)/\(name)/queue/scheduler", reader: &reader)
            var scheduler = "none"
            if let open = schedulers.firstIndex(of: "["), let close = schedulers.firstIndex(of: "]"),
                open < close
            {
                scheduler = String(schedulers[schedulers.index(after: open)..<close])
            }
            result.append(
                MachineDisk(
                    name: name, major: major, minor: minor, size: sectors &* 512, scheduler: scheduler))
        }
        disks = result
    }

    private mutating func readInterfaces(_ folder: String, reader: inout FileReader) {
        var result: [MachineInterface] = []
        for name in KernelPath.list(folder).sorted() {
            guard !["lo", "veth", "docker", "nerdctl"].contains(where: name.hasPrefix) else { continue }
            let base = "\(folder)/\(name)"
            let address = MachineFacts.line(base + "/address", reader: &reader)
            guard !address.isEmpty else { continue }
            result.append(
                MachineInterface(
                    name: name, macAddress: address,
                    speed: Int64(MachineFacts.line(base + "/speed", reader: &reader)) ?? 0,
                    mtu: Int64(MachineFacts.line(base + "/mtu", reader: &reader)) ?? 0))
        }
        interfaces = result
    }
}

/// Which family of block I/O files a v1 kernel fills.
enum IOFiles {
    case bfq, cfq, throttle, throttleLocal

    var bytes: ControlFile {
        switch self {
        case .bfq: .bfqBytes
        case .cfq: .cfqBytes
        case .throttle: .throttleBytes
        case .throttleLocal: .throttleBytesLocal
        }
    }

    var serviced: ControlFile {
        switch self {
        case .bfq: .bfqServiced
        case .cfq: .cfqServiced
        case .throttle: .throttleServiced
        case .throttleLocal: .throttleServicedLocal
        }
    }

    /// Sectors, merged, queued, service time, waiting time, disk time.
    var details: [ControlFile] {
        switch self {
        case .bfq: [.bfqSectors, .bfqMerged, .bfqQueued, .bfqServiceTime, .bfqWaitTime, .bfqTime]
        case .cfq: [.cfqSectors, .cfqMerged, .cfqQueued, .cfqServiceTime, .cfqWaitTime, .cfqTime]
        case .throttle, .throttleLocal: []
        }
    }
}

private enum IOKey: Int {
    case readBytes, writeBytes, reads, writes, discardBytes, discards, costUsage, costWait, costDebt,
        costDelay

    static let table = KeyTable([
        "rbytes", "wbytes", "rios", "wios", "dbytes", "dios", "cost.usage", "cost.wait", "cost.indebt",
        "cost.indelay",
    ])
}

private enum OperationKey {
    static let table = KeyTable(["Read", "Write", "Sync", "Async", "Discard", "Total"])
}

extension Collector {
    /// Reads io.stat: `254:0 rbytes=… wbytes=… rios=… wios=… dbytes=… dios=…`. Devices without a key,
    /// as the root lists them, have done nothing.
    func readIO(_ cgroup: Cgroup) {
        var devices = takeDevices(cgroup)
        defer { cgroup.sample.devices = devices }
        guard read(.ioStat, cgroup) else { return }
        var isMalformed = false
        while !reader.isAtEnd {
            defer { reader.skipLine() }
            guard let (major, minor) = deviceNumbers() else {
                isMalformed = true
                continue
            }
            clearNumbers()
            var found: UInt64 = 0
            while true {
                reader.skipSpaces()
                guard reader.current > 0x20 else { break }
                let slot = IOKey.table.slot(reader.wordHash(until: UInt8(ascii: "=")))
                guard reader.skip(UInt8(ascii: "=")) else { break }
                if slot >= 0, let value = reader.integer() {
                    numbers[slot] = value
                    found |= 1 << UInt64(slot)
                }
                reader.skipRestOfWord()
            }
            guard found != 0 else { continue }
            var device = DeviceSample(major: major, minor: minor, name: disks.name(major, minor))
            device.bytes.set(0, numbers[IOKey.readBytes.rawValue])
            device.bytes.set(1, numbers[IOKey.writeBytes.rawValue])
            device.requests.set(0, numbers[IOKey.reads.rawValue])
            device.requests.set(1, numbers[IOKey.writes.rawValue])
            if found & (1 << UInt64(IOKey.costUsage.rawValue)) != 0 {
                device.cost = Array(numbers[IOKey.costUsage.rawValue...IOKey.costDelay.rawValue])
            }
            devices.append(device)
        }
        if isMalformed { malformed(.ioStat, cgroup) }
    }

    /// Reads the blkio files of the scheduler that keeps count, found by trying: the first family whose
    /// bytes have a device.
    func readIOV1(_ cgroup: Cgroup) {
        var devices = takeDevices(cgroup)
        defer { cgroup.sample.devices = devices }
        if let files = cgroup.ioFiles {
            readOperations(files.bytes, cgroup, &devices) { $0.bytes = $1 }
        } else {
            for files in [IOFiles.bfq, .cfq, .throttle, .throttleLocal] {
                readOperations(files.bytes, cgroup, &devices) { $0.bytes = $1 }
                guard devices.isEmpty else {
                    cgroup.ioFiles = files
                    break
                }
            }
        }
        if devices.isEmpty, cgroup.ioFiles == nil { readProcessIO(cgroup, &devices) }
        guard let files = cgroup.ioFiles, !devices.isEmpty else { return }
        readOperations(files.serviced, cgroup, &devices) { $0.requests = $1 }
        for (index, file) in files.details.enumerated() {
            readOperations(file, cgroup, &devices) { device, operations in
                switch index {
                case 0: device.sectors = operations
                case 1: device.merged = operations
                case 2: device.queued = operations
                case 3: device.serviceTime = operations
                case 4: device.waitTime = operations
                default: device.diskTime = operations.values[5]
                }
            }
        }
    }

    /// Lines `254:0 Read 4096`, or `254:0 123` for files without operations.
    private func readOperations(
        _ file: ControlFile, _ cgroup: Cgroup, _ devices: inout [DeviceSample],
        store: (inout DeviceSample, DeviceSample.Operations) -> Void
    ) {
        guard read(file, cgroup) else { return }
        var operations = DeviceSample.Operations()
        var last: (major: UInt32, minor: UInt32)?
        func flush(_ devices: inout [DeviceSample]) {
            guard let last else { return }
            let index: Int
            if let known = devices.firstIndex(where: { $0.major == last.major && $0.minor == last.minor }) {
                index = known
            } else {
                devices.append(
                    DeviceSample(
                        major: last.major, minor: last.minor, name: disks.name(last.major, last.minor)))
                index = devices.count - 1
            }
            store(&devices[index], operations)
        }
        while !reader.isAtEnd {
            defer { reader.skipLine() }
            // The last line is `Total N`, without a device.
            guard let (major, minor) = deviceNumbers() else { continue }
            if last?.major != major || last?.minor != minor {
                flush(&devices)
                operations = DeviceSample.Operations()
                last = (major, minor)
            }
            reader.skipSpaces()
            var slot = 5
            if reader.current &- UInt8(ascii: "0") >= 10 {
                slot = OperationKey.table.slot(reader.wordHash())
            }
            guard slot >= 0, let value = reader.integer() else { continue }
            operations.set(slot, value)
        }
        flush(&devices)
    }

    private func deviceNumbers() -> (UInt32, UInt32)? {
        guard let major = reader.integer(), reader.skip(UInt8(ascii: ":")), let minor = reader.integer(),
            major <= UInt32.max, minor <= UInt32.max
        else { return nil }
        return (UInt32(major), UInt32(minor))
    }

    /// The last devices' storage, emptied, to be filled anew.
    private func takeDevices(_ cgroup: Cgroup) -> [DeviceSample] {
        var devices: [DeviceSample] = []
        swap(&devices, &cgroup.sample.devices)
        devices.removeAll(keepingCapacity: true)
        return devices
    }
}

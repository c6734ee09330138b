import Exposition

extension ContainerFamily {
    /// Families of disks and file systems.
    static let disk: [ContainerFamily] = [
        .devices("reads_bytes_total", .counter, .diskIO, "Bytes read.", device: { bytes($0.bytes, 0) }),
        .devices("writes_bytes_total", .counter, .diskIO, "Bytes written.", device: { bytes($0.bytes, 1) }),
        .devices(
            "reads_total", .counter, .diskIO, "Reads completed.", device: { bytes($0.requests, 0) },
            filesystem: { $0.disk.map { Double($0.reads) } }),
        .devices(
            "writes_total", .counter, .diskIO, "Writes completed.", device: { bytes($0.requests, 1) },
            filesystem: { $0.disk.map { Double($0.writes) } }),
        .devices(
            "sector_reads_total", .counter, .diskIO, "Sectors of 512 bytes read.",
            device: { bytes($0.sectors, 0) }, filesystem: { $0.disk.map { Double($0.sectorsRead) } }),
        .devices(
            "sector_writes_total", .counter, .diskIO, "Sectors of 512 bytes written.",
            device: { bytes($0.sectors, 1) }, filesystem: { $0.disk.map { Double($0.sectorsWritten) } }),
        .devices(
            "reads_merged_total", .counter, .diskIO, "Reads merged with others.",
            device: { bytes($0.merged, 0) }, filesystem: { $0.disk.map { Double($0.readsMerged) } }),
        .devices(
            "writes_merged_total", .counter, .diskIO, "Writes merged with others.",
            device: { bytes($0.merged, 1) }, filesystem: { $0.disk.map { Double($0.writesMerged) } }),
        .devices(
            "read_seconds_total", .counter, .diskIO, "Seconds that reads took.",
            device: { bytes($0.serviceTime, 0).map { $0 / 1e9 } },
            filesystem: { $0.disk.map { Double($0.readTime) / 1e3 } }),
        .devices(
            "write_seconds_total", .counter, .diskIO, "Seconds that writes took.",
            device: { bytes($0.serviceTime, 1).map { $0 / 1e9 } },
            filesystem: { $0.disk.map { Double($0.writeTime) / 1e3 } }),
        .devices(
            "io_current", .gauge, .diskIO, "Requests in progress.", device: { bytes($0.queued, 5) },
            filesystem: { $0.disk.map { Double($0.inProgress) } }),
        .devices(
            "io_time_seconds_total", .counter, .diskIO, "Seconds in which the device was busy.",
            device: { bytes($0.serviceTime, 5).map { $0 / 1e9 } },
            filesystem: { $0.disk.map { Double($0.time) / 1e3 } }),
        .devices(
            "io_time_weighted_seconds_total", .counter, .diskIO,
            "Seconds in which the device was busy, times the requests in progress.",
            filesystem: { $0.disk.map { Double($0.weightedTime) / 1e3 } }),
        .devices(
            "io_cost_usage_seconds_total", .counter, .diskIO, "Seconds of device time by the cost model.",
            device: { cost($0, 0) }),
        .devices(
            "io_cost_wait_seconds_total", .counter, .diskIO,
            "Seconds for which requests waited for their share by the cost model.", device: { cost($0, 1) }),
        .devices(
            "io_cost_indebt_seconds_total", .counter, .diskIO, "Seconds in debt by the cost model.",
            device: { cost($0, 2) }),
        .devices(
            "io_cost_indelay_seconds_total", .counter, .diskIO, "Seconds delayed for debt by the cost model.",
            device: { cost($0, 3) }),
        .devices(
            "usage_bytes", .gauge, .disk, "Bytes in use on the file system.", filesystem: { Double($0.usage) }
        ),
        .devices(
            "limit_bytes", .gauge, .disk, "Size of the file system in bytes.",
            filesystem: { Double($0.capacity) }),
        .devices(
            "inodes_total", .gauge, .disk, "Inodes of the file system.",
            filesystem: { $0.inodes.map { Double($0) } }),
        .devices(
            "inodes_free", .gauge, .disk, "Free inodes of the file system.",
            filesystem: { $0.inodesFree.map { Double($0) } }),
        ContainerFamily(
            "container_blkio_device_usage_total", .counter, .diskIO, "Bytes by block device and operation."
        ) { container, writer in
            for device in container.sample?.devices ?? [] {
                let major = String(device.major), minor = String(device.minor)
                for (index, operation) in DeviceSample.operationNames.enumerated() {
                    guard let value = bytes(device.bytes, index) else { continue }
                    writer.sample(
                        value,
                        [
                            ("device", device.name), ("major", major), ("minor", minor),
                            ("operation", operation),
                        ])
                }
            }
        },
    ]

    /// An operation's number, nil when the kernel did not tell.
    private static func bytes(_ operations: DeviceSample.Operations, _ index: Int) -> Double? {
        operations.present & (1 << UInt8(index)) != 0 ? Double(operations.values[index]) : nil
    }

    private static func cost(_ device: DeviceSample, _ index: Int) -> Double? {
        device.cost.indices.contains(index) ? Double(device.cost[index]) / 1e6 : nil
    }
}

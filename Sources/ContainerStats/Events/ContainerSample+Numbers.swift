extension ContainerSample {
    /// Calls `body` with each number of the sample in a fixed order, so that samples can be packed and
    /// unpacked. What is left when all are zero is the sample's shape: names, and which parts there are.
    mutating func forEachNumber(_ body: (inout UInt64) -> Void) {
        var stamp = UInt64(bitPattern: time)
        body(&stamp)
        time = Int64(bitPattern: stamp)
        body(&oomEvents)
        cpu?.forEachNumber(body)
        memory?.forEachNumber(body)
        pressure?.cpu?.forEachNumber(body)
        pressure?.memory?.forEachNumber(body)
        pressure?.io?.forEachNumber(body)
        for index in devices.indices { devices[index].forEachNumber(body) }
        for index in interfaces.indices { interfaces[index].forEachNumber(body) }
        for index in filesystems.indices { filesystems[index].forEachNumber(body) }
        processes?.forEachNumber(body)
        for index in hugePages.indices {
            body(&hugePages[index].usage)
            body(&hugePages[index].maxUsage)
            body(&hugePages[index].failures)
        }
        if scheduler != nil {
            scheduler?.runTime.visit(body)
            scheduler?.queueTime.visit(body)
            scheduler?.runPeriods.visit(body)
        }
        sockets?.forEachNumber(body)
        tasks?.forEachNumber(body)
        for index in numaPages.indices { body(&numaPages[index].pages) }
        memoryMigrate?.visit(body)
        referencedBytes?.visit(body)
        for index in cache.indices {
            body(&cache[index].occupancy)
            body(&cache[index].totalBytes)
            body(&cache[index].localBytes)
        }
    }
}

extension UInt64 {
    fileprivate mutating func visit(_ body: (inout UInt64) -> Void) { body(&self) }
}

extension Int64 {
    fileprivate mutating func visit(_ body: (inout UInt64) -> Void) {
        var bits = UInt64(bitPattern: self)
        body(&bits)
        self = Int64(bitPattern: bits)
    }
}

extension Double {
    fileprivate mutating func visit(_ body: (inout UInt64) -> Void) {
        var bits = bitPattern
        body(&bits)
        self = Double(bitPattern: bits)
    }
}

extension CPUSample {
    fileprivate mutating func forEachNumber(_ body: (inout UInt64) -> Void) {
        body(&total)
        body(&user)
        body(&system)
        for index in perCPU.indices { body(&perCPU[index]) }
        body(&periods)
        body(&throttledPeriods)
        body(&throttledTime)
        body(&burstPeriods)
        body(&burstTime)
    }
}

extension MemorySample {
    fileprivate mutating func forEachNumber(_ body: (inout UInt64) -> Void) {
        body(&usage)
        body(&maxUsage)
        body(&workingSet)
        body(&rss)
        body(&cache)
        body(&swap)
        body(&mappedFile)
        body(&kernel)
        body(&activeFile)
        body(&inactiveFile)
        body(&fileDirty)
        body(&fileWriteback)
        body(&failures)
        body(&pageFaults)
        body(&majorFaults)
        body(&pageFaultsHierarchy)
        body(&majorFaultsHierarchy)
        body(&pagesScanned)
        body(&pagesStolen)
        body(&refaultsFile)
        body(&refaultsAnon)
        body(&eventsHigh)
        body(&eventsMax)
    }
}

extension PressureSample.Resource {
    fileprivate mutating func forEachNumber(_ body: (inout UInt64) -> Void) {
        some.forEachNumber(body)
        full.forEachNumber(body)
    }
}

extension PressureSample.Line {
    fileprivate mutating func forEachNumber(_ body: (inout UInt64) -> Void) {
        body(&total)
        average10.visit(body)
        average60.visit(body)
        average300.visit(body)
    }
}

extension DeviceSample {
    fileprivate mutating func forEachNumber(_ body: (inout UInt64) -> Void) {
        bytes.forEachNumber(body)
        requests.forEachNumber(body)
        queued.forEachNumber(body)
        merged.forEachNumber(body)
        sectors.forEachNumber(body)
        serviceTime.forEachNumber(body)
        waitTime.forEachNumber(body)
        diskTime?.visit(body)
        for index in cost.indices { body(&cost[index]) }
    }
}

extension DeviceSample.Operations {
    fileprivate mutating func forEachNumber(_ body: (inout UInt64) -> Void) {
        for index in 0..<6 where present & (1 << UInt8(index)) != 0 { body(&values[index]) }
    }
}

extension InterfaceSample {
    fileprivate mutating func forEachNumber(_ body: (inout UInt64) -> Void) {
        body(&receivedBytes)
        body(&receivedPackets)
        body(&receivedErrors)
        body(&receivedDropped)
        body(&sentBytes)
        body(&sentPackets)
        body(&sentErrors)
        body(&sentDropped)
    }
}

extension FilesystemSample {
    fileprivate mutating func forEachNumber(_ body: (inout UInt64) -> Void) {
        body(&capacity)
        body(&usage)
        body(&baseUsage)
        body(&available)
        inodes?.visit(body)
        inodesFree?.visit(body)
        disk?.forEachNumber(body)
    }
}

extension DiskCounters {
    fileprivate mutating func forEachNumber(_ body: (inout UInt64) -> Void) {
        body(&reads)
        body(&readsMerged)
        body(&sectorsRead)
        body(&readTime)
        body(&writes)
        body(&writesMerged)
        body(&sectorsWritten)
        body(&writeTime)
        body(&inProgress)
        body(&time)
        body(&weightedTime)
    }
}

extension ProcessSample {
    fileprivate mutating func forEachNumber(_ body: (inout UInt64) -> Void) {
        body(&processes)
        body(&threads)
        body(&threadsMax)
        body(&fileDescriptors)
        body(&sockets)
        openFilesLimit?.visit(body)
    }
}

extension TaskStates {
    fileprivate mutating func forEachNumber(_ body: (inout UInt64) -> Void) {
        body(&sleeping)
        body(&running)
        body(&stopped)
        body(&uninterruptible)
        body(&waitingForIO)
        body(&load)
        body(&loadWaiting)
    }
}

extension SocketSample {
    fileprivate mutating func forEachNumber(_ body: (inout UInt64) -> Void) {
        for index in tcp.indices { body(&tcp[index]) }
        for index in tcp6.indices { body(&tcp6[index]) }
        udp?.forEachNumber(body)
        udp6?.forEachNumber(body)
        for index in advanced.indices { advanced[index].value.visit(body) }
    }
}

extension SocketSample.UDP {
    fileprivate mutating func forEachNumber(_ body: (inout UInt64) -> Void) {
        body(&listening)
        body(&dropped)
        body(&receiveQueued)
        body(&sendQueued)
    }
}

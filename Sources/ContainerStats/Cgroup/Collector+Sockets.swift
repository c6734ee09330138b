extension Collector {
    /// Reads the socket tables of the namespace that a cgroup's process is in.
    func readSockets(_ cgroup: Cgroup) {
        var sockets = SocketSample()
        if groups.contains(.tcp) {
            sockets.tcp = tcpStates("net/tcp", cgroup)
            sockets.tcp6 = tcpStates("net/tcp6", cgroup)
        }
        if groups.contains(.udp) {
            sockets.udp = udp("net/udp", cgroup)
            sockets.udp6 = udp("net/udp6", cgroup)
        }
        if groups.contains(.advancedTCP) {
            sockets.advanced =
                counters("net/snmp", "Tcp: ", cgroup) + counters("net/netstat", "TcpExt: ", cgroup)
        }
        cgroup.sample.sockets = sockets
    }

    /// Sockets by state 1 ... 11, the fourth column in hexadecimal (kernel: proc_net_tcp.rst).
    private func tcpStates(_ file: String, _ cgroup: Cgroup) -> [UInt64] {
        guard readProcessFile(file, cgroup) == 0 else { return [] }
        var states = [UInt64](repeating: 0, count: 11)
        reader.skipLine()
        while !reader.isAtEnd {
            for _ in 0..<3 { reader.skipWord() }
            reader.skipSpaces()
            if let state = reader.hexadecimal(), state >= 1, state <= 11 { states[Int(state) - 1] += 1 }
            reader.skipLine()
        }
        return states
    }

    /// The fifth column is `tx_queue:rx_queue`, the last the drops.
    private func udp(_ file: String, _ cgroup: Cgroup) -> SocketSample.UDP? {
        guard readProcessFile(file, cgroup) == 0 else { return nil }
        var result = SocketSample.UDP()
        reader.skipLine()
        while !reader.isAtEnd {
            let fields = reader.restOfLine().split(separator: " ")
            guard fields.count >= 5 else { continue }
            let queues = fields[4].split(separator: ":")
            guard queues.count == 2, let sent = UInt64(queues[0], radix: 16),
                let received = UInt64(queues[1], radix: 16)
            else { continue }
            result.listening += 1
            result.sendQueued &+= sent
            result.receiveQueued &+= received
            result.dropped &+= UInt64(fields[fields.count - 1]) ?? 0
        }
        return result
    }

    /// Pairs of lines: names, then numbers.
    private func counters(_ file: String, _ prefix: String, _ cgroup: Cgroup) -> [SocketSample.Counter] {
        guard readProcessFile(file, cgroup) == 0 else { return [] }
        var names: [Substring] = []
        while !reader.isAtEnd {
            let line = reader.restOfLine()
            guard line.hasPrefix(prefix) else { continue }
            let words = line.dropFirst(prefix.count).split(separator: " ")
            if names.isEmpty {
                names = words
                continue
            }
            return zip(names, words).compactMap { name, value in
                Int64(value).map { SocketSample.Counter(name: name.lowercased(), value: $0) }
            }
        }
        return []
    }
}

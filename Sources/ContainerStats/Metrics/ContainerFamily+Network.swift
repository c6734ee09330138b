import Exposition

extension ContainerFamily {
    /// Families of traffic and sockets.
    static let network: [ContainerFamily] = [
        .traffic("receive_bytes_total", "Bytes received.") { $0.receivedBytes },
        .traffic("receive_errors_total", "Errors while receiving.") { $0.receivedErrors },
        .traffic("receive_packets_dropped_total", "Packets dropped while receiving.") { $0.receivedDropped },
        .traffic("receive_packets_total", "Packets received.") { $0.receivedPackets },
        .traffic("transmit_bytes_total", "Bytes sent.") { $0.sentBytes },
        .traffic("transmit_errors_total", "Errors while sending.") { $0.sentErrors },
        .traffic("transmit_packets_dropped_total", "Packets dropped while sending.") { $0.sentDropped },
        .traffic("transmit_packets_total", "Packets sent.") { $0.sentPackets },
        tcp("container_network_tcp_usage_total", "TCP sockets by state.") { $0.tcp },
        tcp("container_network_tcp6_usage_total", "TCP sockets over IPv6 by state.") { $0.tcp6 },
        udp("container_network_udp_usage_total", "UDP sockets and their queues.") { $0.udp },
        udp("container_network_udp6_usage_total", "UDP sockets over IPv6 and their queues.") { $0.udp6 },
        ContainerFamily(
            "container_network_advance_tcp_stats_total", .gauge, .advancedTCP, "The kernel's TCP counters."
        ) { container, writer in
            for counter in container.sample?.sockets?.advanced ?? [] {
                writer.sample(Double(counter.value), "tcp_state", counter.name)
            }
        },
    ]

    /// Names of the states 1 ... 11 of include/net/tcp_states.h.
    static let tcpStates = [
        "established", "synsent", "synrecv", "finwait1", "finwait2", "timewait", "close", "closewait",
        "lastack",
        "listen", "closing",
    ]

    private static func tcp(
        _ name: String, _ help: String, _ states: @escaping @Sendable (SocketSample) -> [UInt64]
    ) -> ContainerFamily {
        ContainerFamily(name, .gauge, .tcp, help) { container, writer in
            guard let sockets = container.sample?.sockets else { return }
            for (state, count) in zip(tcpStates, states(sockets)) {
                writer.sample(Double(count), "tcp_state", state)
            }
        }
    }

    private static func udp(
        _ name: String, _ help: String, _ table: @escaping @Sendable (SocketSample) -> SocketSample.UDP?
    ) -> ContainerFamily {
        ContainerFamily(name, .gauge, .udp, help) { container, writer in
            guard let udp = container.sample?.sockets.flatMap(table) else { return }
            writer.sample(Double(udp.listening), "udp_state", "listen")
            writer.sample(Double(udp.dropped), "udp_state", "dropped")
            writer.sample(Double(udp.receiveQueued), "udp_state", "rxqueued")
            writer.sample(Double(udp.sendQueued), "udp_state", "txqueued")
        }
    }
}

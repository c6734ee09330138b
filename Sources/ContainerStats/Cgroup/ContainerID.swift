/// The id of a container as runtimes put it into the last part of a cgroup's path.
struct ContainerID: Equatable, Hashable {
    /// 64 lower-case letters and digits.
    let text: String
    /// What the path tells about the runtime; nil for a plain id, which Docker and others share.
    let runtime: ContainerIdentity.Runtime?

    /// - Returns: nil for a path without an id, and for the monitor processes that podman and CRI-O
    ///   keep beside a container.
    init?(cgroupPath path: String) {
        var parts = path.split(separator: "/")
        // Rootless podman puts the processes one level deeper.
        if parts.count > 1, parts.last == "container" { parts.removeLast() }
        guard let last = parts.last, !last.contains("conmon") else { return nil }
        let bytes = Array(last.utf8)
        guard bytes.count >= 64 else { return nil }
        var length = 0
        var found: String?
        for (index, byte) in bytes.enumerated() {
            let isIDByte =
                (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"))
                || (byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z"))
            length = isIDByte ? length + 1 : 0
            if length == 64 {
                found = String(decoding: bytes[(index - 63)...index], as: UTF8.self)
                break
            }
        }
        guard let found else { return nil }
        text = found
        if last.hasPrefix("libpod-") {
            runtime = .podman
        } else if last.hasPrefix("docker-") {
            runtime = .docker
        } else if last.hasPrefix("cri-containerd-") {
            runtime = .containerd
        } else if last.hasPrefix("crio-") {
            runtime = .crio
        } else {
            runtime = parts.dropLast().last == "docker" ? .docker : nil
        }
    }
}

extension RuntimeTable {
    /// The sources that the options name, the most talkative first.
    static func sources(for options: ContainerMonitorOptions) -> [any RuntimeSource] {
        var result: [any RuntimeSource] = []
        if let socket = options.dockerSocket { result.append(DockerSource(socket: socket, runtime: .docker)) }
        if let socket = options.podmanSocket { result.append(DockerSource(socket: socket, runtime: .podman)) }
        if let socket = options.crioSocket { result.append(CRIOSource(socket: socket)) }
        let host =
            KernelPath.exists(options.root + "/rootfs/proc/meminfo") ? options.root + "/rootfs" : options.root
        result.append(DockerFolderSource(host: host, root: options.dockerFolder))
        result.append(PodmanFolderSource(host: host, root: options.podmanFolder))
        result.append(
            ContainerdFolderSource(
                folder: host + options.containerdFolder, namespace: options.containerdNamespace))
        return result
    }
}

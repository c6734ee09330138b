import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// A Docker daemon for tests, with an image `martlet/test:1` made from a static busybox.
///
/// Asked for by `MARTLET_TEST_DOCKER=1`, because it needs root and changes the machine's bridges.
/// `MARTLET_TEST_DOCKER_SOCKET` names the socket of one that runs already, as `scripts/test` starts it;
/// without it each suite starts one of its own.
public final class DockerUnderTest: Sendable {
    public static var isWanted: Bool {
        getenv("MARTLET_TEST_DOCKER") != nil && geteuid() == 0 && access("/usr/sbin/dockerd", X_OK) == 0
            && access("/bin/busybox", X_OK) == 0
    }

    public let folder = TemporaryFolder()
    public let socket: String
    /// Begins the names of this suite's containers, since several suites may share the daemon.
    public let prefix: String
    /// 0 for one that somebody else started.
    private let process: pid_t
    private let isStopped = Atomic(false)

    public init() throws {
        prefix = "t\(getpid())x\(DockerUnderTest.count.add(1, ordering: .relaxed).newValue)-"
        if let given = getenv("MARTLET_TEST_DOCKER_SOCKET") {
            socket = String(cString: given)
            process = 0
        } else {
            socket = folder.path + "/docker.sock"
            process = try DockerUnderTest.start(folder.path)
        }
        for _ in 0..<300 where !docker("version").contains("Server") { usleep(100_000) }
        if !docker("images").contains("martlet/test") {
            shell(
                "mkdir -p \(folder.path)/image/bin && cp /bin/busybox \(folder.path)/image/bin/ && for name in sh sleep dd httpd wget cat sync kill; do ln -sf busybox \(folder.path)/image/bin/$name; done && tar -C \(folder.path)/image -c . | docker -H unix://\(socket) import - martlet/test:1"
            )
        }
        guard docker("images").contains("martlet/test") else {
            stop()
            throw TestFailure("dockerd does not work: " + shell("tail -5 \(folder.path)/log"))
        }
    }

    private static let count = Atomic(0)

    private static func start(_ path: String) throws -> pid_t {
        let words = [
            "dockerd", "--data-root", "\(path)/root", "--exec-root", "\(path)/exec", "--pidfile",
            "\(path)/pid",
            "-H", "unix://\(path)/docker.sock",
        ]
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for descriptor in [Int32(1), 2] {
            posix_spawn_file_actions_addopen(
                &actions, descriptor, path + "/log", O_WRONLY | O_CREAT | O_APPEND, 0o644)
        }
        var started = pid_t()
        guard posix_spawnp(&started, "dockerd", &actions, nil, &arguments, environ) == 0 else {
            throw TestFailure("cannot start dockerd")
        }
        return started
    }

    /// Docker's data folder.
    public var dataFolder: String { docker("info -f '{{.DockerRootDir}}'") }

    /// Runs the client. Returns what it printed.
    @discardableResult
    public func docker(_ arguments: String) -> String { shell("docker -H unix://\(socket) \(arguments)") }

    /// Starts a container in the background, with the suite's label.
    ///
    /// - Returns: its id.
    @discardableResult
    public func run(_ name: String, _ arguments: String) -> String {
        docker("run -d --name \(prefix)\(name) --label martlet-test=\(prefix) \(arguments)")
        return docker("inspect -f '{{.Id}}' \(prefix)\(name)")
    }

    @discardableResult
    public func shell(_ command: String) -> String {
        ShellCommand.output("{ \(command)\n} 2>&1")
    }

    /// A control file of a container, wherever this machine keeps it; "" when there is none.
    ///
    /// - Parameter file: v1 as `controller/name`, v2 as `name`.
    public func controlFile(_ id: String, _ files: String...) -> String {
        for file in files {
            let parts = file.split(separator: "/")
            let (tree, name) = parts.count == 2 ? ("/" + parts[0], parts[1]) : ("", parts[0])
            for folder in ["docker/\(id)", "system.slice/docker-\(id).scope"] {
                let path = "/sys/fs/cgroup\(tree)/\(folder)/\(name)"
                if access(path, R_OK) == 0 { return shell("cat \(path)") }
            }
        }
        return ""
    }

    /// Removes this suite's containers and ends the daemon, if it is the suite's.
    public func stop() {
        guard !isStopped.exchange(true, ordering: .relaxed) else { return }
        let own = docker("ps -aq --filter label=martlet-test=\(prefix)").split(separator: "\n").joined(
            separator: " ")
        if !own.isEmpty { docker("rm -f \(own)") }
        guard process > 0 else { return }
        kill(process, SIGTERM)
        for _ in 0..<200 where waitpid(process, nil, WNOHANG) == 0 { usleep(100_000) }
        // The daemon leaves its mounts where it was killed.
        shell("grep -oE ' \(folder.path)/[^ ]+' /proc/self/mountinfo | sort -ru | xargs -r umount -l")
    }
}

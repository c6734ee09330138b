#if canImport(Glibc)
    import Glibc
#endif
import TestKit

/// A Docker daemon of the test's own, with an image made from a static busybox. Asked for by
/// `MARTLET_TEST_DOCKER=1`, because it needs root and changes the machine's bridges.
final class DockerUnderTest: Sendable {
    static var isWanted: Bool { getenv("MARTLET_TEST_DOCKER") != nil && geteuid() == 0 && access("/usr/sbin/dockerd", X_OK) == 0 && access("/bin/busybox", X_OK) == 0 }

    let folder = TemporaryFolder()
    var socket: String { folder.path + "/docker.sock" }
    private let process: pid_t

    init() throws {
        let path = folder.path
        let words: [String] = [
            "dockerd", "--data-root", "\(path)/root", "--exec-root", "\(path)/exec", "--pidfile", "\(path)/pid",
            "-H", "unix://\(path)/docker.sock",
        ]
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
        arguments.append(nil)
        defer { for argument in arguments { free(argument) } }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for descriptor in [Int32(1), 2] {
            posix_spawn_file_actions_addopen(&actions, descriptor, folder.path + "/log", O_WRONLY | O_CREAT | O_APPEND, 0o644)
        }
        var started = pid_t()
        guard posix_spawnp(&started, "dockerd", &actions, nil, &arguments, environ) == 0 else {
            process = 0
            throw DockerUnderTestError(message: "cannot start dockerd")
        }
        process = started
        for _ in 0..<300 {
            if docker("version").contains("Server") { break }
            usleep(100_000)
        }
        shell("mkdir -p \(folder.path)/image/bin && cp /bin/busybox \(folder.path)/image/bin/ && for name in sh sleep dd httpd wget cat; do ln -sf busybox \(folder.path)/image/bin/$name; done && tar -C \(folder.path)/image -c . | docker -H unix://\(socket) import - martlet/test:1")
        guard docker("images").contains("martlet/test") else {
            stop()
            throw DockerUnderTestError(message: "dockerd does not work: " + shell("tail -5 \(folder.path)/log"))
        }
    }

    /// Runs the client. Returns what it printed.
    @discardableResult
    func docker(_ arguments: String) -> String { shell("docker -H unix://\(socket) \(arguments)") }

    @discardableResult
    func shell(_ command: String) -> String {
        guard let stream = popen(command + " 2>&1", "r") else { return "" }
        defer { pclose(stream) }
        var result: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = fread(&buffer, 1, buffer.count, stream)
            if count == 0 { break }
            result += buffer[..<count]
        }
        while result.last == 0x0A { result.removeLast() }
        return String(decoding: result, as: UTF8.self)
    }

    /// Removes the containers and ends the daemon.
    func stop() {
        let all = docker("ps -aq").split(separator: "\n").joined(separator: " ")
        if !all.isEmpty { docker("rm -f \(all)") }
        guard process > 0 else { return }
        kill(process, SIGTERM)
        for _ in 0..<200 where waitpid(process, nil, WNOHANG) == 0 { usleep(100_000) }
        // The daemon leaves its mounts where it was killed.
        shell("umount -R -l \(folder.path)/root \(folder.path)/exec; true")
    }
}

struct DockerUnderTestError: Error {
    let message: String
}

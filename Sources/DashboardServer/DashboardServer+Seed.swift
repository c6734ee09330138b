import Dashboards
import Instruments
import Logging

#if canImport(Glibc)
    import Glibc
#endif

extension DashboardServer {
    /// Passwords that are in every list.
    private static let weakPasswords: Set = [
        "admin", "foobar", "password", "secret", "changeme", "grafana", "prometheus", "12345",
        "123456", "12345678", "test", "demo", "root",
    ]

    // Not inlined: Swift 6.3.1's optimizer crashes while it splits the coroutine that this becomes part of.
    @inline(never)
    func seed() async throws {
        try await seedAdmin()
        if options.builtInDataSource != nil {
            try await store.seedBuiltInDataSource(url: options.builtInURL)
        }
        try await provisionEmbedded()
        await provisioner.run()
    }

    // Not inlined: as above.
    @inline(never)
    private func seedAdmin() async throws {
        let given = settings.adminPassword
        if try await store.userCount() == 0 {
            let password = given ?? RandomSource.system.alphanumeric(24)
            let hash = try await accounts.makeHash(password)
            _ = try await store.addUser(
                login: settings.adminUser, email: "\(settings.adminUser)@localhost",
                passwordHash: hash, role: .admin, isServerAdmin: true)
            if given == nil { announce(password) }
        }
        let isWeak = given.map(DashboardServer.weakPasswords.contains) ?? false
        let gauge = try? options.registry.gauge(
            "martlet_weak_admin_password", help: "1 when the configured admin password is a well-known one.")
        gauge?.set(isWeak ? 1 : 0)
        if isWeak, !options.isLoopback {
            logger.error(
                "the admin password is a well-known one and the dashboards can be reached from other machines: change GF_SECURITY_ADMIN_PASSWORD"
            )
        }
    }

    /// Leaves a made password where only this user can read it, and names the place once.
    private func announce(_ password: String) {
        let folder = options.databasePath.split(separator: "/", omittingEmptySubsequences: false)
            .dropLast().joined(separator: "/")
        let path = (folder.isEmpty ? "." : folder) + "/initial-admin-password"
        let file = Glibc.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            logger.error("cannot write \(path): \(String(cString: strerror(errno)))")
            return
        }
        defer { Glibc.close(file) }
        let line = Array((password + "\n").utf8)
        _ = write(file, line, line.count)
        logger.notice(
            "no admin password was set: one was made for \(settings.adminUser), see \(path)")
    }
}

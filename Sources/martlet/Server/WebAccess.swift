import Logging
import Platform
import ServerConfig
import ServiceLifecycle
import Synchronization
import WebClient
import WebServer

#if canImport(Glibc)
    import Glibc
#endif

/// The web config file in force: who may come in, by which certificates, and which headers answers carry.
/// Read anew within a second of a change of it or of a certificate, without a reload.
final class WebAccess: Service {
    private struct State {
        var configuration = WebConfiguration()
        var users: [String: String] = [:]
        var files: [String] = []
        var stamp: [FileStamp?] = []
    }

    private let path: String
    private let logger: Logger
    private let workers = WorkerThreads(name: "web-config", count: 1)
    private let state = Mutex(State())
    /// Nil: plain HTTP, also after a change of the file.
    let tls: ListenerTLS?

    /// - Parameter path: "" for none: everybody comes in.
    /// - Throws: `ConfigurationError`, `ProgramError`, `WebServerError`.
    init(_ path: String, logger: Logger) throws {
        self.path = path
        self.logger = logger
        guard !path.isEmpty else {
            tls = nil
            return
        }
        let configuration = try WebConfiguration.load(path)
        tls = try configuration.tls.map { try ListenerTLS(ListenerTLS.Settings($0)) }
        if configuration.enableHTTP2, tls != nil {
            logger.info("HTTP/2 is not offered: connections speak HTTP/1.1")
        }
        take(configuration)
    }

    /// bcrypt hashes by user.
    var users: [String: String] { state.withLock { $0.users } }
    var headers: [String: String] { state.withLock { $0.configuration.headers } }

    private func take(_ configuration: WebConfiguration) {
        var files = [path]
        if let tls = configuration.tls {
            files += [tls.certificateFile, tls.keyFile, tls.clientAuthorityFile].filter { !$0.isEmpty }
        }
        state.withLock { state in
            state.configuration = configuration
            state.users = configuration.users.mapValues(\.value)
            state.files = files
            state.stamp = files.map { FileStamp($0) }
        }
    }

    /// Looks for changes until the shutdown.
    func run() async throws {
        guard !path.isEmpty else { return try await gracefulShutdown() }
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                guard (try? await Task.sleep(for: .seconds(1))) != nil else { return }
                try? await self.workers.run { _ in self.look() }
            }
        }
        workers.shutDown()
    }

    private func look() {
        let hasChanged = state.withLock { state in
            let now = state.files.map { FileStamp($0) }
            if now == state.stamp { return false }
            // What is wrong is told once.
            state.stamp = now
            return true
        }
        guard hasChanged else { return }
        do {
            let configuration = try WebConfiguration.load(path)
            if let tls, let settings = configuration.tls { try tls.replace(ListenerTLS.Settings(settings)) }
            if (tls == nil) != (configuration.tls == nil) {
                logger.warning("TLS is switched on and off only at a start", metadata: ["file": "\(path)"])
            }
            take(configuration)
            logger.info("Loaded the web configuration", metadata: ["file": "\(path)"])
        } catch {
            logger.error(
                "Cannot load the web configuration; the old one stays in force",
                metadata: ["error": "\(error)"])
        }
    }
}

/// What tells that a file was written.
struct FileStamp: Equatable {
    private let inode: UInt64
    private let size: Int64
    private let seconds: Int
    private let nanoseconds: Int

    /// Nil when there is no such file.
    init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        inode = UInt64(status.st_ino)
        size = Int64(status.st_size)
        seconds = status.st_mtim.tv_sec
        nanoseconds = status.st_mtim.tv_nsec
    }
}

extension ListenerTLS.Settings {
    /// Reads the files. Blocks on the disk.
    fileprivate init(_ tls: WebConfiguration.ServerTLS) throws {
        guard tls.clientNames.isEmpty else {
            // To let everybody in who has any certificate would be worse than not to start.
            throw ProgramError(.settings, "cannot use client_allowed_sans: it is not supported")
        }
        self.init(
            certificate: try tls.certificateFile.isEmpty
                ? Array(tls.certificate.utf8) : ProgramFile.read(tls.certificateFile),
            key: try tls.keyFile.isEmpty ? Array(tls.key.value.utf8) : ProgramFile.read(tls.keyFile))
        if !tls.clientAuthorityFile.isEmpty {
            clientAuthority = try ProgramFile.read(tls.clientAuthorityFile)
        }
        clientAuthentication =
            switch tls.clientAuthentication {
            case .none: .none
            case .request: .request
            case .requireAny: .requireAny
            case .verifyIfGiven: .verifyIfGiven
            case .requireAndVerify: .requireAndVerify
            }
        minimumVersion = .init(tls.minimumVersion)
        maximumVersion = .init(tls.maximumVersion)
        cipherSuites = tls.cipherSuites
        curves = tls.curves
    }
}

extension ListenerTLS.Version {
    fileprivate init(_ version: TLSSettings.Version) {
        self =
            switch version {
            case .tls10: .tls10
            case .tls11: .tls11
            case .tls12: .tls12
            case .tls13: .tls13
            }
    }
}

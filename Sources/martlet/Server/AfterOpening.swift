import ServiceLifecycle

/// Runs a service once the storage is open.
struct AfterOpening: Service, CustomStringConvertible {
    let storage: ServerStorage
    let service: any Service

    // For the log of the life cycle, which else would print all that a service consists of.
    var description: String { "\(type(of: service))" }

    func run() async throws {
        await cancelWhenGracefulShutdown { await storage.ready() }
        if storage.database == nil { return try await gracefulShutdown() }
        try await service.run()
    }
}

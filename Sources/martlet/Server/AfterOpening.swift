import ServiceLifecycle

/// Runs a service once the storage is open.
struct AfterOpening: Service {
    let storage: ServerStorage
    let service: any Service

    func run() async throws {
        await cancelWhenGracefulShutdown { await storage.ready() }
        if storage.database == nil { return try await gracefulShutdown() }
        try await service.run()
    }
}

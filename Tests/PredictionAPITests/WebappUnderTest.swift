import Hummingbird
import HummingbirdTesting
import Instruments
import Platform
import PredictionAPI
import Testing
import WebServer

/// The web application with the built-in model, without a socket.
enum WebappUnderTest {
    static func run(
        options: PredictionOptions = .init(),
        _ body: @escaping @Sendable (any TestClientProtocol) async throws -> Void
    ) async throws {
        let asset = try #require(Assets.find("models/breast-cancer.json"))
        let router = try PredictionRoutes.router(
            try ServedModel(file: Array(asset.bytes)), options: options, registry: Registry(),
            workers: WorkerThreads(name: "test", count: 1))
        try await Application(router: router).test(.router) { client in try await body(client) }
    }
}

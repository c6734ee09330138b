import Instruments
import Logging
import Platform
import Prediction
import PredictionAPI
import WebServer

extension Role {
    /// The prediction API.
    ///
    /// - Parameter modelPath: nil serves the built-in model.
    static func webapp(
        modelPath: String?, options: PredictionOptions, logger: Logger
    ) throws -> Role {
        let bytes: [UInt8]
        if let modelPath {
            bytes = try ProgramFile.read(modelPath)
        } else if let asset = Assets.find("models/breast-cancer.json") {
            bytes = Array(asset.bytes)
        } else {
            preconditionFailure("BUG: the built-in model is not among the assets")
        }
        let model = try ServedModel(file: bytes)
        logger.info(
            "Loaded the model",
            metadata: [
                "model": "\(model.model.name)", "version": "\(model.model.version)",
                "trees": "\(model.model.treeCount)", "features": "\(model.model.featureNames.count)",
            ])
        let registry = Registry()
        try registry.register(ProcessCollector())
        try registry.register(SwiftInfoCollector())
        let router = try PredictionRoutes.router(
            model, options: options, registry: registry,
            workers: WorkerThreads(name: "webapp", count: 2, queueLimit: 64))
        return Role(router: router)
    }
}

import Crypto
public import Platform
public import Prediction

/// A model with what is known of its file.
public struct ServedModel: Sendable {
    public let model: TreeModel
    /// The first 12 hexadecimal digits of the file's SHA-256.
    public let digest: String
    /// How long reading took, seconds.
    public let loadSeconds: Double
    /// When it was read, seconds since 1970.
    public let loadedAt: Double

    /// Reads a model file of XGBoost's JSON form.
    ///
    /// - Throws: `ModelError`.
    public init(file bytes: [UInt8], clock: any WallClock = SystemClock()) throws(ModelError) {
        let start = MonotonicTime.nanoseconds()
        model = try TreeModel(xgboostJSON: bytes)
        loadSeconds = Double(MonotonicTime.nanoseconds() - start) / 1e9
        loadedAt = Double(clock.now()) / 1000
        let digits = Array("0123456789abcdef")
        digest = String(
            SHA256.hash(data: bytes).prefix(6).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
}

import MetricModel
import ServerConfig
import TSDB

extension ServerFlags {
    /// How the database is opened. A retention in the configuration file beats the flag, as in Prometheus.
    func databaseOptions(_ settings: StorageSettings) -> DatabaseOptions {
        var options = DatabaseOptions(path: storagePath)
        if let retention = retentionTime(settings) { options.retention = retention }
        options.retentionBytes = retentionBytes(settings)
        options.retentionPercentage = retentionPercentage(settings)
        options.walFsyncInterval = storage.walFsyncInterval.milliseconds
        options.walSegmentSize = Int(storage.walSegmentSize.bytes)
        options.walCompression =
            !storage.walCompression ? .none : storage.walCompressionType == .zstd ? .zstd : .snappy
        options.seriesLimit = storage.seriesLimit
        options.samplesPerChunk = storage.samplesPerChunk
        options.takesSnapshotOnClose = storage.takesHeadSnapshot
        options.chunkRange = storage.minBlockDuration.milliseconds
        options.blockRangeMax = storage.maxBlockDuration?.milliseconds ?? 0
        options.decodedBytesMax = query.decodedBytesMax
        options.exemplarLimit = Int(clamping: settings.maxExemplars)
        options.outOfOrderWindow = settings.outOfOrderTimeWindow
        options.keepsMetadata = features.keepsMetadata
        options.keepsStartTimestamps = features.storesStartTimestamps
        return options
    }

    private func retentionTime(_ settings: StorageSettings) -> Int64? {
        settings.retentionTime > 0 ? settings.retentionTime : retentionTime?.milliseconds
    }

    private func retentionBytes(_ settings: StorageSettings) -> Int64 {
        settings.retentionSize > 0 ? settings.retentionSize : storage.retentionSize?.bytes ?? 0
    }

    private func retentionPercentage(_ settings: StorageSettings) -> Double {
        settings.retentionPercentage > 0 ? settings.retentionPercentage : storage.retentionPercentage ?? 0
    }

    /// For instance "15d or 1GB" or "15d or 80%".
    func retentionText(_ settings: StorageSettings) -> String {
        let time = DurationFlag(retentionTime(settings) ?? 15 * 86_400_000).description
        let percentage = retentionPercentage(settings)
        if percentage > 0 { return "\(time) or \(FloatText.string(percentage, style: .json))%" }
        let bytes = retentionBytes(settings)
        return bytes > 0 ? "\(time) or \(SizeFlag(bytes))" : time
    }
}

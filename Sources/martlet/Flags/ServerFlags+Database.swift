import ServerConfig
import TSDB

extension ServerFlags {
    /// How the database is opened. A retention given in the file counts where no flag is given.
    func databaseOptions(_ settings: StorageSettings) -> DatabaseOptions {
        var options = DatabaseOptions(path: storagePath)
        let fromFile = settings.retentionTime > 0 ? settings.retentionTime : nil
        if let retention = retentionTime?.milliseconds ?? fromFile { options.retention = retention }
        options.retentionBytes = retentionSize?.bytes ?? settings.retentionSize
        options.walSegmentSize = Int(walSegmentSize.bytes)
        options.samplesPerChunk = samplesPerChunk
        options.chunkRange = minBlockDuration.milliseconds
        options.blockRangeMax = maxBlockDuration?.milliseconds ?? 0
        options.outOfOrderWindow = settings.outOfOrderTimeWindow
        return options
    }

    /// For instance "15d or 1GB".
    var retentionText: String {
        let time = (retentionTime ?? DurationFlag(15 * 86_400_000)).description
        return retentionSize.map { "\(time) or \($0)" } ?? time
    }
}

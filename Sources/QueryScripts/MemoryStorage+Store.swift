public import MetricModel
public import StorageAPI

/// For rules that write what they find: references are numbers by first sight.
extension MemoryStorage: SampleStore {
    public func register(_ labels: Labels) throws(StorageError) -> SeriesReference { reference(of: labels) }

    /// Older samples are taken, too; one at a time that its series has already is ignored.
    public func append(_ batch: borrowing SampleBatch) throws(StorageError) -> AppendResult {
        var result = AppendResult()
        for index in 0..<batch.count {
            guard let labels = labels(of: batch.series[index]) else {
                result.refused.append((index, .unknownSeries))
                continue
            }
            append(labels, batch.timestamps[index], batch.values[index])
            result.storedCount += 1
        }
        for index in batch.histogramSeries.indices {
            guard let labels = labels(of: batch.histogramSeries[index]) else {
                result.refused.append((batch.count + index, .unknownSeries))
                continue
            }
            append(labels, batch.histogramTimestamps[index], batch.histograms[index])
            result.storedCount += 1
        }
        return result
    }
}

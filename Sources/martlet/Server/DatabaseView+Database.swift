import QueryAPI
import StorageAPI
import TSDB

extension DatabaseView {
    /// What the API tells of a database, also before it is open.
    init(_ storage: ServerStorage) {
        self.init(status: { limit throws(StorageError) in
            DatabaseStatus(try storage.open().headStatistics(limit: limit))
        })
        blocks = { () throws(StorageError) in try storage.open().blockMetas.map { Array($0.utf8) } }
        delete = { start, end, matchers throws(StorageError) in
            try storage.open().deleteSeries(matchers, from: start, through: end)
        }
        cleanTombstones = { () throws(StorageError) in try storage.open().cleanTombstones() }
        snapshot = { skipsHead throws(StorageError) in try storage.open().snapshot(skipsHead: skipsHead) }
        replayProgress = {
            let status = storage.database?.walReplayStatus ?? WALReplayStatus()
            return (status.min, status.max, status.current)
        }
    }
}

extension DatabaseStatus {
    init(_ head: HeadStatistics) {
        func entries(_ list: [HeadStatistics.Entry]) -> [Entry] {
            list.map { Entry(name: $0.name, value: $0.value) }
        }
        self.init()
        seriesCount = head.numSeries
        labelPairCount = head.numLabelPairs
        chunkCount = head.chunkCount
        minTime = head.minTime
        maxTime = head.maxTime
        seriesCountByMetricName = entries(head.seriesCountByMetricName)
        labelValueCountByLabelName = entries(head.labelValueCountByLabelName)
        memoryInBytesByLabelName = entries(head.memoryInBytesByLabelName)
        seriesCountByLabelValuePair = entries(head.seriesCountByLabelValuePair)
    }
}

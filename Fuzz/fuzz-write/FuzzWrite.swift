import Platform
import RemoteStorage
import StorageAPI
import TSDB
import Wire

/// Takes what is written; its bounds are low, so that a long run stays small.
private struct Target: Sendable {
    let database: Database
    let receiver: RemoteWriteReceiver

    init?() {
        var options = DatabaseOptions(path: "data")
        options.maintainsInBackground = false
        options.seriesLimit = 10_000
        options.outOfOrderWindow = 3_600_000
        options.exemplarLimit = 100
        options.keepsMetadata = true
        guard let database = try? Database(options, disk: MemoryDisk()),
            let receiver = try? RemoteWriteReceiver(store: database)
        else { return nil }
        self.database = database
        self.receiver = receiver
    }
}

private let target = Target()

/// The first byte chooses the version of remote write, the others are a message before its compression.
func fuzzWrite(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let bytes, count > 1, let target else { return 0 }
    var body = ByteBuffer()
    Snappy.compress(UnsafeRawBufferPointer(start: bytes + 1, count: count - 1), into: &body)
    _ = try? target.receiver.receive(body.bytes, as: bytes[0] & 1 == 0 ? .version1 : .version2)
    return 0
}

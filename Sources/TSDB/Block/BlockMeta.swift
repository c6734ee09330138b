internal import JSON

/// What `meta.json` says of a block.
struct BlockMeta: Sendable, Equatable {
    struct Parent: Sendable, Equatable {
        var ulid: String
        var minTime: Int64
        var maxTime: Int64
    }

    var ulid: String
    /// Inclusive, milliseconds.
    var minTime: Int64
    /// Exclusive.
    var maxTime: Int64
    var numSamples = 0
    var numFloatSamples = 0
    var numHistogramSamples = 0
    var numSeries = 0
    var numChunks = 0
    var numTombstones = 0
    var level = 1
    /// The blocks of level 1 that went into this one.
    var sources: [String] = []
    var parents: [Parent] = []
    /// All samples are gone: the block may be removed.
    var isDeletable = false
    /// A compaction of the block failed; it is not tried again.
    var hasFailed = false
    var hints: [String] = []

    /// Of blocks that stand beside the head: the end of one does not say that older samples of the head
    /// are in blocks.
    static let outOfOrderHint = "from-out-of-order"
    /// The index is of version 2 whatever it says.
    private(set) var hasMisnumberedIndex = false

    init(ulid: String, minTime: Int64, maxTime: Int64) {
        self.ulid = ulid
        self.minTime = minTime
        self.maxTime = maxTime
    }

    static let version = 1

    /// - Throws: `corruption`, `unsupported` for a later version.
    init(json bytes: [UInt8], file: String) throws(TSDBError) {
        let document: JSONValue
        do {
            document = try JSONValue.parse(bytes)
        } catch {
            throw TSDBError(.corruption, "cannot read a block's meta.json: \(error)", file: file)
        }
        // A release of 2017 wrote version 2 here and version 1 in an index of the second format.
        hasMisnumberedIndex = document["version"]?.int == 2
        guard hasMisnumberedIndex || document["version"]?.int == BlockMeta.version else {
            throw TSDBError(
                .unsupported,
                "cannot read a block's meta.json: got version \(document["version"]?.text() ?? "none"), want 1",
                file: file)
        }
        guard let ulid = document["ulid"]?.string, let minTime = document["minTime"]?.int,
            let maxTime = document["maxTime"]?.int
        else {
            throw TSDBError(.corruption, "cannot read a block's meta.json: a field is missing", file: file)
        }
        self.ulid = ulid
        self.minTime = Int64(minTime)
        self.maxTime = Int64(maxTime)
        let stats = document["stats"]
        numSamples = stats?["numSamples"]?.int ?? 0
        numFloatSamples = stats?["numFloatSamples"]?.int ?? 0
        numHistogramSamples = stats?["numHistogramSamples"]?.int ?? 0
        numSeries = stats?["numSeries"]?.int ?? 0
        numChunks = stats?["numChunks"]?.int ?? 0
        numTombstones = stats?["numTombstones"]?.int ?? 0
        let compaction = document["compaction"]
        level = compaction?["level"]?.int ?? 1
        sources = (compaction?["sources"]?.array ?? []).compactMap { $0.string }
        parents = (compaction?["parents"]?.array ?? []).compactMap { parent in
            guard let ulid = parent["ulid"]?.string else { return nil }
            return Parent(
                ulid: ulid, minTime: Int64(parent["minTime"]?.int ?? 0),
                maxTime: Int64(parent["maxTime"]?.int ?? 0))
        }
        isDeletable = compaction?["deletable"]?.bool ?? false
        hasFailed = compaction?["failed"]?.bool ?? false
        hints = (compaction?["hints"]?.array ?? []).compactMap { $0.string }
    }

    /// The document, indented by tabs as Prometheus does; fields that are zero there are left out.
    var json: JSONValue {
        var stats = JSONObject()
        func count(_ name: String, _ value: Int) { if value != 0 { stats[name] = .number(value) } }
        count("numSamples", numSamples)
        count("numFloatSamples", numFloatSamples)
        count("numHistogramSamples", numHistogramSamples)
        count("numSeries", numSeries)
        count("numChunks", numChunks)
        count("numTombstones", numTombstones)
        var compaction = JSONObject()
        compaction["level"] = .number(level)
        if !sources.isEmpty { compaction["sources"] = .array(sources.map { .string($0) }) }
        if isDeletable { compaction["deletable"] = true }
        if !parents.isEmpty {
            compaction["parents"] = .array(
                parents.map {
                    [
                        "ulid": .string($0.ulid), "minTime": .number(Int($0.minTime)),
                        "maxTime": .number(Int($0.maxTime)),
                    ]
                })
        }
        if hasFailed { compaction["failed"] = true }
        if !hints.isEmpty { compaction["hints"] = .array(hints.map { .string($0) }) }
        var document = JSONObject()
        document["ulid"] = .string(ulid)
        document["minTime"] = .number(Int(minTime))
        document["maxTime"] = .number(Int(maxTime))
        document["stats"] = .object(stats)
        document["compaction"] = .object(compaction)
        document["version"] = .number(BlockMeta.version)
        return .object(document)
    }
}

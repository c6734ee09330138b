internal import JSON
internal import Platform

/// The file `damages.json`: what was missing of the log at an earlier start. The log itself is repaired
/// then and does not tell it any more. Losing the file loses warnings, nothing else.
struct LostTimes {
    struct Entry: Equatable {
        /// A sentence with file, offset and reason.
        var text: String
        /// Inclusive; nil when any time may be missing.
        var times: ClosedRange<Int64>?
    }

    static let name = "damages.json"
    private static let byteCountMax: Int64 = 1 << 20

    let disk: any Disk
    let path: String

    /// What the file tells; nothing when there is none.
    ///
    /// - Throws: `corruption`, `io`.
    func read() throws(TSDBError) -> [Entry] {
        let bytes: [UInt8]
        do throws(DiskError) {
            guard try disk.status(path) != nil else { return [] }
            bytes = try disk.readFile(path, limit: LostTimes.byteCountMax)
        } catch {
            throw TSDBError(error)
        }
        guard let document = try? JSONValue.parse(bytes), let list = document["missing"]?.array else {
            throw TSDBError(
                .corruption, "cannot read what was missing before: not the file that we write", file: path)
        }
        return list.compactMap { item in
            guard let text = item["text"]?.string else { return nil }
            let start = item["from"]?.int.map(Int64.init)
            let end = item["through"]?.int.map(Int64.init)
            if start == nil, end == nil { return Entry(text: text, times: nil) }
            let first = start ?? .min
            return Entry(text: text, times: first...max(first, end ?? .max))
        }
    }

    /// Writes the file anew, or removes it when there is nothing to tell.
    func write(_ entries: [Entry]) throws(DiskError) {
        if entries.isEmpty { return try disk.remove(path) }
        let list = entries.map { entry in
            var object = JSONObject()
            object["text"] = .string(entry.text)
            // Open ends are left out.
            if let start = entry.times?.lowerBound, start != .min { object["from"] = .number(Int(start)) }
            if let end = entry.times?.upperBound, end != .max { object["through"] = .number(Int(end)) }
            return JSONValue.object(object)
        }
        try disk.replaceFile(path, with: JSONValue.object(["missing": .array(list)]).bytes(indent: 1))
    }
}

import MetricModel
import PromQLEngine
import StorageAPI
import WebServer

/// `series`, `labels` and `label/:name/values`: what there is, without samples.
enum SeriesHandlers {
    private static let truncated = "results truncated due to limit"

    static func series(_ call: APICall) throws(APIError) -> APIAnswer {
        guard !call.form.all("match[]").isEmpty else {
            throw APIError(.badData, "no match[] parameter provided")
        }
        let (limit, start, end) = try bounds(call)
        let selectors: [[LabelMatcher]]
        do { selectors = try call.form.selectors() } catch { throw .parameter("match[]", error.message) }
        var found: [Labels] = []
        var warnings: [String] = []
        do {
            let querier = try call.services.storage.querier(from: start, through: end)
            let hints = SelectHints(start: start, end: end, limit: limit.oneMoreThanLimit)
            for selector in selectors {
                try call.checkCancelled()
                let set = try querier.select(selector, hints: hints)
                let count = limit > 0 ? min(set.count, limit.oneMoreThanLimit) : set.count
                found.reserveCapacity(found.count + count)
                for index in 0..<count { found.append(set.labels(at: index)) }
                warnings += set.warnings
            }
        } catch let error as StorageError {
            throw APIError(error)
        } catch let error as APIError {
            throw error
        } catch {
            throw APIError(.internal, "\(error)")
        }
        if selectors.count > 1 { found = union(found) }
        if limit > 0, found.count > limit {
            found.removeLast(found.count - limit)
            warnings.append(truncated)
        }
        return try call.success(warnings: warnings) { json throws(APIError) in
            try json.array { json throws(APIError) in
                for labels in found {
                    json.element()
                    json.labels(labels)
                    try json.checkSize()
                }
            }
        }
    }

    /// How many series, names or values are few enough to be listed on the spot.
    private static let smallCount = 256

    /// ``series(_:)`` for few series in memory; nil for others.
    static func smallSeries(_ call: APICall) throws(APIError) -> APIAnswer? {
        try isOfFewSeries(call, seriesMax: smallCount) ? try series(call) : nil
    }

    /// ``labelNames(_:)`` for few names in memory; nil for others.
    static func smallLabelNames(_ call: APICall) throws(APIError) -> APIAnswer? {
        let hasSelectors = !call.form.all("match[]").isEmpty
        guard try hasSelectors ? isOfFewSeries(call, seriesMax: 4 * smallCount) : isSmall(call, count: nil)
        else { return nil }
        return try labelNames(call)
    }

    /// ``labelValues(_:)`` for few values in memory; nil for others.
    static func smallLabelValues(_ call: APICall) throws(APIError) -> APIAnswer? {
        let hasSelectors = !call.form.all("match[]").isEmpty
        guard
            try hasSelectors
                ? isOfFewSeries(call, seriesMax: 4 * smallCount)
                : isSmall(call, count: EscapedName.decode(call.name))
        else {
            return nil
        }
        return try labelValues(call)
    }

    /// Whether the one selector of the call leaves few series, all in memory.
    private static func isOfFewSeries(_ call: APICall, seriesMax: Int) throws(APIError) -> Bool {
        guard call.form.all("match[]").count == 1, SmallQuery.mayBe(call.form["match[]"] ?? ""),
            let selector = try? call.form.selectors(compilesPatterns: false).first
        else { return false }
        return try isSmall(call) { querier, start, end in
            var hints = SelectHints(start: start, end: end)
            hints.readsSamples = false
            return querier.sizeInMemory(of: selector, hints: hints, seriesMax: seriesMax) != nil
        }
    }

    private static func isSmall(_ call: APICall, count name: String?) throws(APIError) -> Bool {
        try isSmall(call) { querier, _, _ in
            querier.countInMemory(ofValuesOf: name).map { $0 <= smallCount } ?? false
        }
    }

    private static func isSmall(
        _ call: APICall, _ body: (any Querier, Timestamp, Timestamp) -> Bool
    ) throws(APIError) -> Bool {
        let (_, start, end) = try bounds(call)
        guard let querier = try? call.services.storage.querier(from: start, through: end) else {
            return false
        }
        return body(querier, start, end)
    }

    /// Ascending, each once.
    private static func union(_ all: [Labels]) -> [Labels] {
        var result: [Labels] = []
        for labels in all.sorted() where result.last != labels { result.append(labels) }
        return result
    }

    static func labelNames(_ call: APICall) throws(APIError) -> APIAnswer {
        try list(call) { querier, matchers, limit throws(StorageError) in
            try querier.labelNames(matchers, limit: limit)
        }
    }

    static func labelValues(_ call: APICall) throws(APIError) -> APIAnswer {
        let name = EscapedName.decode(call.name)
        guard !name.isEmpty else { throw APIError(.badData, "invalid label name: \(LabelText.quoted(name))") }
        return try list(call) { querier, matchers, limit throws(StorageError) in
            try querier.labelValues(name, matchers, limit: limit)
        }
    }

    private static func list(
        _ call: APICall,
        _ read: (any Querier, [LabelMatcher], Int) throws(StorageError) -> Listing
    ) throws(APIError) -> APIAnswer {
        let (limit, start, end) = try bounds(call)
        let selectors = try call.form.selectors()
        var listing = Listing(items: [])
        do {
            let querier = try call.services.storage.querier(from: start, through: end)
            for selector in selectors.isEmpty ? [[]] : selectors {
                try call.checkCancelled()
                let part = try read(querier, selector, limit.oneMoreThanLimit)
                listing.items += part.items
                listing.warnings += part.warnings
            }
        } catch let error as StorageError {
            throw APIError(error)
        } catch let error as APIError {
            throw error
        } catch {
            throw APIError(.internal, "\(error)")
        }
        if selectors.count > 1 {
            listing.items.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            var unique: [String] = []
            for item in listing.items where unique.last.map({ !$0.hasSameBytes(as: item) }) ?? true {
                unique.append(item)
            }
            listing.items = unique
        }
        if limit > 0, listing.items.count > limit {
            listing.items.removeLast(listing.items.count - limit)
            listing.warnings.append(truncated)
        }
        return try call.success(warnings: listing.warnings) { json throws(APIError) in
            json.strings(listing.items)
        }
    }

    private static func bounds(_ call: APICall) throws(APIError) -> (
        limit: Int, start: Timestamp, end: Timestamp
    ) {
        (
            try call.form.limit(), try call.form.time("start", default: FormValues.minTime),
            try call.form.time("end", default: FormValues.maxTime)
        )
    }
}

/// Names in the form `U__…`, which fits where only letters, digits and underscores do: `__` is an
/// underscore, `_2e_` the character U+002E.
enum EscapedName {
    /// The name that is meant; the text itself when it is not in that form.
    static func decode(_ text: String) -> String {
        guard text.hasPrefix("U__") else { return text }
        var result = ""
        var rest = text.dropFirst(3)
        while let character = rest.first {
            rest.removeFirst()
            guard character == "_" else {
                result.append(character)
                continue
            }
            if rest.first == "_" {
                result.append("_")
                rest.removeFirst()
                continue
            }
            let digits = rest.prefix { $0 != "_" }
            guard (1...6).contains(digits.utf8.count), rest.dropFirst(digits.count).first == "_",
                let code = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(code)
            else { return text }
            result.unicodeScalars.append(scalar)
            rest = rest.dropFirst(digits.count + 1)
        }
        return result
    }
}

import Exposition

/// Finds what is readable but against the conventions for metric names, as promtool does.
enum MetricsLint {
    private struct Family {
        var type: MetricType?
        var hasHelp = false
    }

    /// - Returns: `name problem` lines, sorted by name.
    /// - Throws: `ExpositionError` when the text cannot be read.
    static func complaints(about bytes: [UInt8]) throws(ExpositionError) -> [String] {
        var families: [String: Family] = [:]
        var samples: Set<String> = []
        let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
        _ = buffer.initialize(from: bytes)
        defer { buffer.deallocate() }
        let text = UnsafeBufferPointer(buffer)
        func name(_ range: Range<Int>) -> String { String(decoding: text[range], as: UTF8.self) }
        var parser = ExpositionParser(text, format: .text)
        while let entry = try parser.next() {
            switch entry {
            case .type(let range, let type): families[name(range), default: Family()].type = type
            case .help(let range, let help): families[name(range), default: Family()].hasHelp = !help.isEmpty
            case .sample(let sample): samples.insert(String(name(sample.series).prefix { $0 != "{" }))
            default: break
            }
        }
        // Parts of a histogram or summary belong to it.
        for sample in samples where families[sample] == nil {
            let isPart = ["_bucket", "_sum", "_count"].contains { suffix in
                sample.hasSuffix(suffix) && families[String(sample.dropLast(suffix.count))] != nil
            }
            if !isPart { families[sample] = Family() }
        }
        return families.sorted { $0.key < $1.key }.flatMap { name, family in
            problems(name, family).map { name + " " + $0 }
        }
    }

    /// How many samples each family has, in the order of its first one: what they count as series.
    ///
    /// - Throws: `ExpositionError` when the text cannot be read.
    static func seriesByFamily(_ bytes: [UInt8]) throws(ExpositionError) -> [(name: String, count: Int)] {
        let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
        _ = buffer.initialize(from: bytes)
        defer { buffer.deallocate() }
        let text = UnsafeBufferPointer(buffer)
        var types: [String: MetricType] = [:]
        var places: [String: Int] = [:]
        var result: [(name: String, count: Int)] = []
        var parser = ExpositionParser(text, format: .text)
        while let entry = try parser.next() {
            switch entry {
            case .type(let range, let type): types[String(decoding: text[range], as: UTF8.self)] = type
            case .sample(let sample):
                let name = String(decoding: text[sample.series], as: UTF8.self).prefix { $0 != "{" }
                let base =
                    ["_bucket", "_sum", "_count"].first { name.hasSuffix($0) }.map {
                        String(name.dropLast($0.count))
                    } ?? ""
                let family = types[base] == .histogram || types[base] == .summary ? base : String(name)
                if let place = places[family] {
                    result[place].count += 1
                } else {
                    places[family] = result.count
                    result.append((family, 1))
                }
            default: break
            }
        }
        return result
    }

    private static func problems(_ name: String, _ family: Family) -> [String] {
        var result: [String] = []
        if !family.hasHelp { result.append("no help text") }
        if family.type == .counter, !name.hasSuffix("_total") {
            result.append("counter metrics should have \"_total\" suffix")
        }
        if family.type == .gauge || family.type == .histogram || family.type == .summary,
            name.hasSuffix("_total")
        {
            result.append("non-counter metrics should not have \"_total\" suffix")
        }
        if let type = family.type, type != .histogram, type != .summary, type != .untyped, type != .unknown {
            for suffix in ["_count", "_sum"] where name.hasSuffix(suffix) {
                result.append("non-histogram and non-summary metrics should not have \"\(suffix)\" suffix")
            }
        }
        if name.contains(":") { result.append("metric names should not contain ':'") }
        if zip(name, name.dropFirst()).contains(where: { $0.isLowercase && $1.isUppercase }) {
            result.append("metric names should be written in 'snake_case' not 'camelCase'")
        }
        let bases = [
            "milliseconds": "seconds", "microseconds": "seconds", "nanoseconds": "seconds",
            "kilobytes": "bytes", "megabytes": "bytes", "percent": "ratio",
        ]
        for word in name.split(separator: "_") {
            if let base = bases[String(word)] {
                result.append("use base unit \"\(base)\" instead of \"\(word)\"")
            }
        }
        return result
    }
}

/// Names of labels, sorted once, for picking them out of many label sets.
public struct LabelNames: Sendable {
    /// Unique, in ascending byte order.
    let sorted: [[UInt8]]

    public init(_ names: [String]) {
        var all = names.map { Array($0.utf8) }
        all.sort { $0.lexicographicallyPrecedes($1) }
        var unique: [[UInt8]] = []
        for name in all where unique.last != name { unique.append(name) }
        sorted = unique
    }

    public var isEmpty: Bool { sorted.isEmpty }
}

extension Labels {
    /// The labels that describe the metric rather than the series: `__name__`, `__type__`, `__unit__`.
    public static let metadataNames = LabelNames(["__name__", "__type__", "__unit__"])

    /// Only the labels with these names.
    public func keeping(_ names: LabelNames) -> Labels {
        var bytes: [UInt8] = []
        appendPacked(keeping: names, to: &bytes)
        return bytes.count == packed.count ? self : Labels(packed: bytes)
    }

    /// All labels but those with these names.
    public func dropping(_ names: LabelNames) -> Labels {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(packed.count)
        appendPacked(dropping: names, to: &bytes)
        return bytes.count == packed.count ? self : Labels(packed: bytes)
    }

    /// With one label set to a value; an empty value removes it. Copies bytes and makes no strings of the
    /// other labels.
    public func setting(_ name: String, _ value: String) -> Labels {
        var name = name
        var value = value
        return name.withUTF8 { name in
            value.withUTF8 { value in
                var bytes: [UInt8] = []
                bytes.reserveCapacity(packed.count + name.count + value.count + 8)
                packed.withUnsafeBufferPointer { source in
                    var position = 0
                    var isSet = value.isEmpty
                    func append() {
                        isSet = true
                        Labels.append(name, to: &bytes)
                        Labels.append(value, to: &bytes)
                    }
                    while position < source.count {
                        let start = position
                        let order = Labels.compare(Labels.string(in: source, at: &position), name)
                        Labels.skipString(in: source, at: &position)
                        if order >= 0, !isSet { append() }
                        if order != 0 { bytes.append(contentsOf: source[start..<position]) }
                    }
                    if !isSet { append() }
                }
                return Labels(packed: bytes)
            }
        }
    }

    /// Appends the packed bytes of the labels with these names: a key for grouping.
    public func appendPacked(keeping names: LabelNames, to bytes: inout [UInt8]) {
        appendPacked(names, keeps: true, to: &bytes)
    }

    /// Appends the packed bytes of all labels but those with these names.
    public func appendPacked(dropping names: LabelNames, to bytes: inout [UInt8]) {
        appendPacked(names, keeps: false, to: &bytes)
    }

    /// Labels from bytes that `appendPacked` wrote.
    public init(packedBytes bytes: ArraySlice<UInt8>) {
        self.init(packed: Array(bytes))
    }

    private func appendPacked(_ names: LabelNames, keeps: Bool, to bytes: inout [UInt8]) {
        packed.withUnsafeBufferPointer { source in
            var position = 0
            var next = 0
            while position < source.count {
                let start = position
                let name = Labels.string(in: source, at: &position)
                Labels.skipString(in: source, at: &position)
                var isListed = false
                while next < names.sorted.count {
                    let order = names.sorted[next].withUnsafeBufferPointer { Labels.compare($0, name) }
                    if order < 0 {
                        next += 1
                        continue
                    }
                    isListed = order == 0
                    break
                }
                if isListed == keeps { bytes.append(contentsOf: source[start..<position]) }
            }
        }
    }

    private static func skipString(in bytes: UnsafeBufferPointer<UInt8>, at position: inout Int) {
        _ = string(in: bytes, at: &position)
    }
}

/// Changes a label set: set, remove, keep, then ``labels()``.
public struct LabelsBuilder: Sendable {
    /// Sorted by name in byte order, names unique, values not empty.
    private var pairs: [(name: String, value: String)]

    public init(_ labels: Labels = .empty) {
        pairs = labels.pairs
    }

    /// Sets a label; an empty value removes it. A string longer than ``Labels/stringLengthMax``
    /// bytes is refused by the parsers long before it comes here.
    public mutating func set(_ name: String, _ value: String) {
        let index = position(of: name)
        let found = index < pairs.count && pairs[index].name.hasSameBytes(as: name)
        if value.isEmpty {
            if found { pairs.remove(at: index) }
        } else if found {
            pairs[index].value = value
        } else {
            pairs.insert((name, value), at: index)
        }
    }

    public mutating func remove(_ name: String) {
        set(name, "")
    }

    /// Removes all labels whose name does not pass.
    public mutating func keep(where isKept: (String) -> Bool) {
        pairs.removeAll { !isKept($0.name) }
    }

    /// The value of a label, or nil.
    public func value(of name: String) -> String? {
        let index = position(of: name)
        return index < pairs.count && pairs[index].name.hasSameBytes(as: name) ? pairs[index].value : nil
    }

    /// The pairs in ascending byte order of names.
    public var current: [(name: String, value: String)] { pairs }

    /// The label set as it stands.
    public func labels() -> Labels {
        var packed: [UInt8] = []
        packed.reserveCapacity(pairs.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count + 2 })
        for var pair in pairs {
            pair.name.withUTF8 { Labels.append($0, to: &packed) }
            pair.value.withUTF8 { Labels.append($0, to: &packed) }
        }
        return Labels(packed: packed)
    }

    private func position(of name: String) -> Int {
        var low = 0
        var high = pairs.count
        while low < high {
            let middle = (low + high) / 2
            if LabelsBuilder.precedes(pairs[middle].name, name) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Byte order of UTF-8, which Swift's `String.<` (Unicode canonical order) is not.
    private static func precedes(_ a: String, _ b: String) -> Bool {
        a.utf8.lexicographicallyPrecedes(b.utf8)
    }
}

import MetricModel

/// Builds the packed labels of one series from name and value bytes.
struct LabelCollector {

    private(set) var packed: [UInt8] = []
    private var lastName: UnsafeRawBufferPointer?
    private var isSorted = true
    private(set) var isTooLong = false
    private(set) var hasMetricName = false

    mutating func begin() {
        packed.removeAll(keepingCapacity: true)
        lastName = nil
        isSorted = true
        isTooLong = false
        hasMetricName = false
    }

    /// - Parameter name: borrowed until the end of the series.
    mutating func add(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
        guard name.count <= Labels.stringLengthMax, value.count <= Labels.stringLengthMax else {
            isTooLong = true
            return
        }
        // Swift's comparison of byte sequences would be called once a byte.
        if let lastName, !LabelCollector.precedes(lastName, name) { isSorted = false }
        lastName = name
        if !value.isEmpty, name.elementsEqual(Labels.metricNameLabel.utf8) { hasMetricName = true }
        // An empty value means that there is no such label; sorting looks at it, for repetitions.
        Labels.appendPacked(name, to: &packed)
        Labels.appendPacked(value, to: &packed)
    }

    /// The labels, checked; nil when they cannot be stored. `packed` is then as they are stored.
    mutating func finish(needsMetricName: Bool = true) -> Bool {
        guard !isTooLong, hasMetricName || !needsMetricName else { return false }
        if isSorted, !hasEmptyString { return true }
        return sort()
    }

    /// The labels as a value, when their bytes are UTF-8.
    func labels() -> Labels? {
        let labels = Labels(sortedPacked: packed)
        var isText = true
        labels.visit { name, value in
            isText =
                String(validating: name, as: UTF8.self) != nil
                && String(validating: value, as: UTF8.self) != nil
            return isText
        }
        return isText ? labels : nil
    }

    private var hasEmptyString: Bool {
        var found = false
        Labels(sortedPacked: packed).visit { name, value in
            found = name.isEmpty || value.isEmpty
            return !found
        }
        return found
    }

    private mutating func sort() -> Bool {
        var pairs: [(name: [UInt8], value: [UInt8])] = []
        Labels(sortedPacked: packed).visit { name, value in
            pairs.append((Array(name), Array(value)))
            return true
        }
        pairs.sort { $0.name.lexicographicallyPrecedes($1.name) }
        packed.removeAll(keepingCapacity: true)
        var last: [UInt8]?
        for (name, value) in pairs {
            if name.isEmpty || name == last { return false }
            last = name
            if value.isEmpty { continue }
            name.withUnsafeBytes { Labels.appendPacked($0, to: &packed) }
            value.withUnsafeBytes { Labels.appendPacked($0, to: &packed) }
        }
        return true
    }

    private static func precedes(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Bool {
        for index in 0..<min(a.count, b.count) where a[index] != b[index] { return a[index] < b[index] }
        return a.count < b.count
    }
}

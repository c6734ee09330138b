import Exposition

/// Writes the samples of one family after another, each family's head before its first sample.
struct SampleWriter {
    var writer: ExpositionWriter
    /// Whether samples carry the time of their reading.
    let hasTimestamps: Bool

    private var name = ""
    private var type = MetricType.gauge
    private var help = ""
    private var isBegun = false
    private var suffix: StaticString = ""
    private var labels: [UInt8] = []
    /// Labels of the container that is written, and the time of its sample.
    private var base: [UInt8] = []
    private var time: Int64?

    init(format: ExpositionFormat, hasTimestamps: Bool, capacity: Int) {
        writer = ExpositionWriter(format: format, capacity: capacity)
        self.hasTimestamps = hasTimestamps
    }

    /// Begins a family by its full name.
    mutating func family(_ name: String, _ type: MetricType, _ help: String) {
        self.name = name
        self.type = type
        self.help = help
        isBegun = false
    }

    /// What follows is about these labels.
    ///
    /// - Parameter time: milliseconds since 1970; nil for samples that never carry a time.
    mutating func subject(_ labels: [UInt8], time: Int64?) {
        base = labels
        self.time = hasTimestamps ? time : nil
    }

    mutating func sample(_ value: Double) {
        begin()
        writer.sample(suffix: suffix, labels: base, value: value, timestamp: time)
    }

    /// With one more label.
    mutating func sample(_ value: Double, _ name: StaticString, _ label: String) {
        startLabels()
        add(name, label)
        finish(value)
    }

    /// With two more labels.
    mutating func sample(
        _ value: Double, _ name: StaticString, _ label: String, _ name2: StaticString, _ label2: String
    ) {
        startLabels()
        add(name, label)
        add(name2, label2)
        finish(value)
    }

    /// With any number of further labels.
    mutating func sample(_ value: Double, _ pairs: [(StaticString, String)]) {
        startLabels()
        for (name, label) in pairs { add(name, label) }
        finish(value)
    }

    private mutating func startLabels() {
        labels.removeAll(keepingCapacity: true)
        labels.append(contentsOf: base)
    }

    private mutating func add(_ name: StaticString, _ value: String) {
        if !labels.isEmpty { labels.append(UInt8(ascii: ",")) }
        labels.append(contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        labels.append(UInt8(ascii: "="))
        labels.append(UInt8(ascii: "\""))
        ExpositionWriter.appendEscaped(value, quotesToo: true, to: &labels)
        labels.append(UInt8(ascii: "\""))
    }

    private mutating func finish(_ value: Double) {
        begin()
        writer.sample(suffix: suffix, labels: labels, value: value, timestamp: time)
    }

    private mutating func begin() {
        guard !isBegun else { return }
        isBegun = true
        if type == .counter, name.hasSuffix("_total") {
            writer.begin(String(name.dropLast(6)), type, help: help)
            suffix = "_total"
        } else {
            writer.begin(exactly: name, type, help: help)
            suffix = ""
        }
    }
}

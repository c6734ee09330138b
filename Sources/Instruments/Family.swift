public import Exposition
import Platform
import Synchronization

/// The instruments of one name, told apart by the values of their labels.
///
/// Keep what ``labels(_:)`` returns: looking it up takes a lock, using it does not. A family holds at
/// most `limit` label sets; further ones share one instrument whose label values are all
/// `__overflow__`, so that a label with values from outside cannot fill the memory.
public final class Family<Child: Instrument>: Collector {
    private struct Entry {
        let child: Child
        let rendered: [UInt8]
        let created: Double
    }

    private struct State {
        var entries: [[String]: Entry] = [:]
        var overflow: Entry?
        /// Sorted by label values; nil after a change.
        var sorted: [Entry]?
    }

    public let name: String
    public let labelNames: [String]
    /// The most label sets.
    public let limit: Int
    private let help: String
    private let unit: String
    private let make: @Sendable () -> Child
    private let onOverflow: @Sendable () -> Void
    private let clock: any WallClock
    private let state = Mutex(State())

    /// The value of every label of the shared instrument.
    public static var overflowValue: String { "__overflow__" }

    init(
        name: String, help: String, unit: String, labelNames: [String], limit: Int, clock: any WallClock,
        onOverflow: @escaping @Sendable () -> Void, make: @escaping @Sendable () -> Child
    ) {
        self.name = name
        self.help = help
        self.unit = unit
        self.labelNames = labelNames
        self.limit = limit
        self.clock = clock
        self.onOverflow = onOverflow
        self.make = make
    }

    /// The instrument for these label values, in the order of ``labelNames``; made when it is new.
    ///
    /// - Throws: `wrongLabelCount`.
    public func labels(_ values: String...) throws(InstrumentError) -> Child {
        try labels(values)
    }

    /// The same for an array.
    public func labels(_ values: [String]) throws(InstrumentError) -> Child {
        guard values.count == labelNames.count else {
            throw InstrumentError(
                .wrongLabelCount,
                "cannot label \(name): got \(values.count) values, want \(labelNames.count) (\(labelNames.joined(separator: ", ")))"
            )
        }
        var isOverflow = false
        let child = state.withLock { state in
            if let entry = state.entries[values] { return entry.child }
            if state.entries.count >= limit {
                isOverflow = true
                if let entry = state.overflow { return entry.child }
                let entry = makeEntry(labelNames.map { _ in Self.overflowValue })
                state.overflow = entry
                return entry.child
            }
            let entry = makeEntry(values)
            state.entries[values] = entry
            state.sorted = nil
            return entry.child
        }
        if isOverflow { onOverflow() }
        return child
    }

    private func makeEntry(_ values: [String]) -> Entry {
        Entry(
            child: make(), rendered: ExpositionWriter.renderLabels(labelNames, values),
            created: Double(clock.now()) / 1000)
    }

    public var familyNames: [String] { [name] }

    public func write(_ familyName: String, to writer: inout ExpositionWriter) {
        let entries = state.withLock { state in
            if let sorted = state.sorted { return sorted + (state.overflow.map { [$0] } ?? []) }
            let sorted = state.entries.values.sorted { $0.rendered.lexicographicallyPrecedes($1.rendered) }
            state.sorted = sorted
            return sorted + (state.overflow.map { [$0] } ?? [])
        }
        writer.begin(name, Child.type, help: help, unit: unit)
        for entry in entries {
            entry.child.write(labels: entry.rendered, created: entry.created, to: &writer)
        }
    }
}

import Synchronization

/// Counts changes, so that what was made from older data is known to be stale.
final class Generation: Sendable {
    private let count = Atomic<Int>(0)

    var value: Int { count.load(ordering: .acquiring) }

    func increment() { count.wrappingAdd(1, ordering: .acquiringAndReleasing) }
}

internal import Synchronization

/// What is known to be damaged or lost, with the time it covers, so that every query that touches the
/// time can say so. At most ``placesPerFileMax`` places of a file are kept one by one; the time of further
/// ones is kept together.
final class DamageList: Sendable {
    private struct Place {
        var offset: Int?
        var text: String
        /// Inclusive; nil when it is not known.
        var times: ClosedRange<Int64>?
    }

    private struct File {
        var places: [Place] = []
        /// Those beyond the bound.
        var otherCount = 0
        var otherTimes: ClosedRange<Int64>?
    }

    private struct State {
        var files: [String: File] = [:]
        var count = 0
        var found: [String] = []
    }

    private let state = Mutex(State())

    static let placesPerFileMax = 16
    private static let foundMax = 1000

    /// Notes that something of this time is missing. Of a place that is known already the narrower time
    /// stays.
    ///
    /// - Parameters:
    ///   - file: what the place belongs to; ``forget(_:)`` goes by it.
    ///   - text: a sentence with file, offset and reason.
    ///   - times: inclusive; nil when any time may be missing.
    /// - Returns: whether the place is new.
    @discardableResult
    func note(_ text: String, file: String, offset: Int? = nil, times: ClosedRange<Int64>?) -> Bool {
        state.withLock { state in
            var entry = state.files[file] ?? File()
            defer { state.files[file] = entry }
            let known = entry.places.firstIndex { $0.offset == offset && (offset != nil || $0.text == text) }
            if let known {
                if DamageList.isNarrower(times, entry.places[known].times) {
                    entry.places[known] = Place(offset: offset, text: text, times: times)
                }
                return false
            }
            guard entry.places.count >= DamageList.placesPerFileMax else {
                entry.places.append(Place(offset: offset, text: text, times: times))
                state.count += 1
                return true
            }
            // Whether it is new is not known any more: the count tells how often it was met.
            entry.otherCount += 1
            entry.otherTimes = DamageList.union(
                entry.otherCount == 1 ? times : entry.otherTimes, times)
            return false
        }
    }

    /// Notes what a query or a merge met, to be told with what was found at start.
    func noteFound(_ error: TSDBError, file: String, times: ClosedRange<Int64>?) {
        let text = error.description
        guard note(text, file: file, offset: error.offset, times: times) else { return }
        state.withLock { if $0.found.count < DamageList.foundMax { $0.found.append(text) } }
    }

    /// Sentences of ``noteFound(_:file:times:)``, in the order they were found.
    var found: [String] { state.withLock { $0.found } }

    /// How many places are known.
    var count: Int { state.withLock { $0.count } }

    /// What the reader of an answer over this time (inclusive) should know, sorted.
    func warnings(from start: Int64, through end: Int64) -> [String] {
        state.withLock { state in
            if state.files.isEmpty { return [] }
            var texts: [String] = []
            for (name, file) in state.files {
                for place in file.places where DamageList.touches(place.times, start, end) {
                    texts.append("data may be missing: \(place.text)")
                }
                if file.otherCount > 0, DamageList.touches(file.otherTimes, start, end) {
                    texts.append("data may be missing: there are more damaged places (\(name))")
                }
            }
            return texts.sorted()
        }
    }

    /// What is known of a file, further places as one.
    func entries(of name: String) -> [LostTimes.Entry] {
        state.withLock { state in
            guard let file = state.files[name] else { return [] }
            var entries = file.places.map { LostTimes.Entry(text: $0.text, times: $0.times) }
            if file.otherCount > 0 {
                entries.append(
                    LostTimes.Entry(text: "there are more damaged places (\(name))", times: file.otherTimes))
            }
            return entries
        }
    }

    /// Forgets the places of a file or folder that goes.
    func forget(_ file: String) {
        state.withLock { state in
            if let old = state.files.removeValue(forKey: file) { state.count -= old.places.count }
        }
    }

    private static func touches(_ times: ClosedRange<Int64>?, _ start: Int64, _ end: Int64) -> Bool {
        guard let times else { return true }
        return times.lowerBound <= end && start <= times.upperBound
    }

    private static func isNarrower(_ a: ClosedRange<Int64>?, _ b: ClosedRange<Int64>?) -> Bool {
        guard let a else { return false }
        guard let b else { return true }
        return a != b && a.lowerBound >= b.lowerBound && a.upperBound <= b.upperBound
    }

    private static func union(_ a: ClosedRange<Int64>?, _ b: ClosedRange<Int64>?) -> ClosedRange<Int64>? {
        guard let a, let b else { return nil }
        return min(a.lowerBound, b.lowerBound)...max(a.upperBound, b.upperBound)
    }
}

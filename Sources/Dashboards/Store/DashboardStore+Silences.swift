import JSON
import Platform

extension DashboardStore {
    /// How long an ended silence stays on the list, milliseconds: as in an Alertmanager.
    private static let silenceRetention: Int64 = 5 * 86_400_000

    /// All silences, ended ones of the last five days included.
    public func silences() async throws(DashboardsError) -> [Silence] {
        let oldest = clock.now() - DashboardStore.silenceRetention
        return try await resources(.silence).compactMap { try? Silence($0.body) }
            .filter { $0.endsAt >= oldest }.sorted { $0.endsAt > $1.endsAt }
    }

    /// Adds a silence, or writes over the one with its id.
    ///
    /// - Throws: `notFound` for an id that is not there, `invalidInput`.
    public func saveSilence(_ given: Silence) async throws(DashboardsError) -> Silence {
        var silence = given
        let now = clock.now()
        if silence.id.isEmpty {
            silence.id = newUID()
        } else if try await resource(.silence, silence.id) == nil {
            throw DashboardsError(.notFound, "silence not found")
        }
        guard silence.endsAt > now else {
            throw DashboardsError(.invalidInput, "silence: endsAt: it lies in the past")
        }
        silence.updatedAt = now
        try await removeOldSilences(before: now - DashboardStore.silenceRetention)
        try await save(
            .silence,
            AlertResource(
                uid: silence.id, name: silence.id, provenance: .none, body: silence.json(at: now),
                secrets: [:]),
            label: "silence")
        return silence
    }

    /// Ends a silence now.
    ///
    /// - Throws: `notFound`.
    public func endSilence(id: String) async throws(DashboardsError) {
        guard let stored = try await resource(.silence, id), var silence = try? Silence(stored.body) else {
            throw DashboardsError(.notFound, "silence not found")
        }
        let now = clock.now()
        guard silence.endsAt > now else { return }
        silence.endsAt = now
        silence.startsAt = min(silence.startsAt, now - 1000)
        silence.updatedAt = now
        try await save(
            .silence,
            AlertResource(
                uid: silence.id, name: silence.id, provenance: .none, body: silence.json(at: now),
                secrets: [:]),
            label: "silence")
    }

    private func removeOldSilences(before time: Int64) async throws(DashboardsError) {
        for stored in try await resources(.silence) {
            guard let silence = try? Silence(stored.body), silence.endsAt < time else { continue }
            try await delete(.silence, stored.uid, .none, label: "silence")
        }
    }
}

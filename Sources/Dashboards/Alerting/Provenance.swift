/// Where a rule, contact point or policy comes from, which decides who may change it.
public enum Provenance: String, Sendable {
    /// Made by hand: everybody with the role may change it.
    case none = ""
    /// Written through the provisioning API.
    case api
    /// Written by a file of the operator: only the file changes it.
    case file

    /// Whether something of this origin may be written as `next`: what was made by hand may become
    /// anything, and the API gives up what it wrote. Source: the original's provisioning API.
    func admits(_ next: Provenance) -> Bool {
        self == next || self == .none || (self == .api && next == .none)
    }

    /// - Throws: `conflict`.
    func check(_ next: Provenance, _ thing: String) throws(DashboardsError) {
        guard admits(next) else {
            throw DashboardsError(
                .conflict,
                "\(thing): cannot change provenance from '\(rawValue)' to '\(next.rawValue)'")
        }
    }
}

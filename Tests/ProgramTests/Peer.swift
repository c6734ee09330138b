import TestKit

/// The originals, where the machine has them (`make test-deps`).
enum Peer {
    static let prometheus = path("prometheus")
    static let promtool = path("promtool")
    static let alertmanager = path("prometheus-alertmanager")

    private static func path(_ name: String) -> String? {
        ["/usr/bin/", "/usr/local/bin/"].map { $0 + name }.first(where: TestFile.exists)
    }
}

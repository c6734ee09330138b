import TestKit
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// Links between the project's own pages lead somewhere.
@Suite struct LinkTests {
    @Test func linksAreAlive() {
        let pages = SourceTree.files(below: "").filter { $0.path.hasSuffix(".md") }
        #expect(!pages.isEmpty)
        for page in pages {
            for target in Self.targets(String(decoding: page.bytes, as: UTF8.self)) {
                if target.contains("://") || target.hasPrefix("#") || target.hasPrefix("mailto:") { continue }
                let folder = page.path.split(separator: "/").dropLast().joined(separator: "/")
                let path = target.prefix { $0 != "#" }
                let whole = SharedFolders.checkout + "/" + (folder.isEmpty ? "" : folder + "/") + path
                #expect(access(whole, F_OK) == 0, "\(page.path): the link to \(target) is dead")
            }
        }
    }

    /// What stands between `](` and `)`.
    private static func targets(_ text: String) -> [String] {
        var result: [String] = []
        for part in text.split(separator: "](").dropFirst() {
            guard let end = part.firstIndex(of: ")") else { continue }
            result.append(String(part[..<end]).split(separator: " ").first.map(String.init) ?? "")
        }
        return result
    }
}

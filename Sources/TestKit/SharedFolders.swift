#if canImport(Glibc)
    import Glibc
#endif

/// Where test data of the originals lies: beside the checkout, never in it.
public enum SharedFolders {
    /// The checkout, found from this file's place in it.
    public static var checkout: String {
        var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        parts.removeLast(3)
        return parts.joined(separator: "/")
    }

    /// `../shared/conformance`, or `MARTLET_CONFORMANCE`; nil when there is none, and then says so
    /// once, since the tests that need it are skipped.
    public static let conformance: String? = folder("conformance", override: "MARTLET_CONFORMANCE")

    /// `../shared/dashboards`.
    public static let dashboards: String? = folder("dashboards", override: nil)

    /// `../shared/fixtures`.
    public static let fixtures: String? = folder("fixtures", override: nil)

    private static func folder(_ name: String, override: String?) -> String? {
        var path = checkout + "/../shared/" + name
        if let override, let value = getenv(override) { path = String(cString: value) }
        if access(path, R_OK) == 0 { return path }
        print("skipped: tests that need the folder \(path), which is not there")
        return nil
    }

    /// The bytes of a file, or nil when it cannot be read.
    public static func read(_ path: String) -> [UInt8]? {
        guard let file = fopen(path, "rb") else { return nil }
        defer { fclose(file) }
        var result: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            if count == 0 { return result }
            result.append(contentsOf: buffer[..<count])
        }
    }

    /// The names in a folder, sorted, without `.` and `..`.
    public static func list(_ path: String) -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }
}

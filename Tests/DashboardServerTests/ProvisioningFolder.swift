import TestKit

#if canImport(Glibc)
    import Glibc
#endif

/// A temporary folder with files of the operator's.
struct ProvisioningFolder {
    let folder = TemporaryFolder()
    var path: String { folder.path }

    /// - Parameter files: texts by path; one folder deep.
    init(_ files: [String: String]) throws {
        for (path, text) in files { write(path, text) }
    }

    func write(_ path: String, _ text: String) {
        let full = folder.path + "/" + path
        if let slash = full.lastIndex(of: "/") { mkdir(String(full[..<slash]), 0o755) }
        guard let file = fopen(full, "w") else { return }
        fputs(text, file)
        fclose(file)
    }
}

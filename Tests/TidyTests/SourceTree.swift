import TestKit

#if canImport(Glibc)
    import Glibc
#endif

/// The files of the checkout.
enum SourceTree {
    struct File: Sendable {
        /// Path below the checkout.
        let path: String
        var name: String { String(path.split(separator: "/").last ?? "") }
        /// "X" of `Sources/X/…`.
        var module: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }
        var bytes: [UInt8] { SharedFolders.read(SharedFolders.checkout + "/" + path) ?? [] }
    }

    /// The program's Swift files with their text.
    static let swift: [(file: File, text: SwiftText)] = files(below: "Sources")
        .filter { $0.path.hasSuffix(".swift") }
        .map { ($0, SwiftText($0.bytes)) }

    /// All files below a folder of the checkout; hidden ones, vendored and built ones left out.
    static func files(below folder: String) -> [File] {
        var result: [File] = []
        for name in SharedFolders.list(SharedFolders.checkout + "/" + folder) where !name.hasPrefix(".") {
            let path = folder.isEmpty ? name : folder + "/" + name
            if ["Sources/WebAssets/vendor", "data"].contains(path) || name == "__pycache__" { continue }
            var status = stat()
            guard lstat(SharedFolders.checkout + "/" + path, &status) == 0 else { continue }
            if status.st_mode & S_IFMT == S_IFDIR {
                result += files(below: path)
            } else if status.st_mode & S_IFMT == S_IFREG {
                result.append(File(path: path))
            }
        }
        return result
    }
}

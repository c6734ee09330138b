#if canImport(Glibc)
    import Glibc
#endif

/// A folder for one test, removed with all that is in it when the object goes.
public final class TemporaryFolder: Sendable {
    public let path: String

    public init() {
        var template = Array("/tmp/martlet-test-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { fatalError("cannot make a temporary folder") }
        path = String(cString: made)
    }

    deinit { TemporaryFolder.removeTree(path) }

    private static func removeTree(_ path: String) {
        for name in SharedFolders.list(path) {
            let child = path + "/" + name
            var status = stat()
            if lstat(child, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
                removeTree(child)
            } else {
                unlink(child)
            }
        }
        rmdir(path)
    }
}

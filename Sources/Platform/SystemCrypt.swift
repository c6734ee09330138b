import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// crypt(3) of the system's libcrypt, which every Debian has; looked up at run time, so that the program
/// starts without it.
public enum SystemCrypt {
    private typealias Crypt =
        @convention(c) (UnsafePointer<CChar>, UnsafePointer<CChar>) -> UnsafeMutablePointer<CChar>?

    // crypt(3) keeps its answer in memory of its own.
    private static let lock = Mutex(())

    private static let function: Crypt? = {
        guard let library = dlopen("libcrypt.so.1", RTLD_NOW), let symbol = dlsym(library, "crypt") else {
            return nil
        }
        // The symbol's address is the function: <crypt.h> declares it with this type.
        return withUnsafePointer(to: symbol) { UnsafeRawPointer($0).load(as: Crypt.self) }
    }()

    /// The hash of a password by the scheme, cost and salt of `setting` (a hash does). Takes long, as such
    /// hashes are made to: call it on worker threads. Nil without libcrypt, or for a scheme it does not know.
    public static func hash(_ password: String, _ setting: String) -> String? {
        guard let function else { return nil }
        return lock.withLock { _ in function(password, setting).map { String(cString: $0) } }
    }

    /// Whether `password` gives `hash`.
    public static func matches(_ password: String, _ hash: String) -> Bool {
        // Without its scheme, a hash would be a password as it is.
        guard hash.hasPrefix("$"), let made = self.hash(password, hash) else { return false }
        let a = Array(made.utf8), b = Array(hash.utf8)
        guard a.count == b.count else { return false }
        // In a time that does not tell where the difference is.
        var difference: UInt8 = 0
        for (x, y) in zip(a, b) { difference |= x ^ y }
        return difference == 0
    }
}

#if canImport(Glibc)
    import Glibc
#endif

/// A call of the operating system on a file or folder that failed.
public struct DiskError: Error, Sendable, CustomStringConvertible {
    public enum Kind: String, Sendable {
        case notFound
        case alreadyExists
        /// No right, or the file system is mounted read-only.
        case notAllowed
        /// No room, quota reached, file too large.
        case diskFull
        /// Another process holds the lock.
        case locked
        case tooManyOpenFiles
        case io
    }

    public let kind: Kind
    /// Of the call, as the C library names it: `open`, `write`, …
    public let call: String
    public let path: String
    /// The C library's number; 0 when the error did not come from there.
    public let code: Int32

    public init(_ kind: Kind, call: String, path: String, code: Int32 = 0) {
        self.kind = kind
        self.call = call
        self.path = path
        self.code = code
    }

    /// The error that `errno` stands for.
    init(errno code: Int32, call: String, path: String) {
        let kind: Kind =
            switch code {
            case ENOENT, ENOTDIR: .notFound
            case EEXIST, ENOTEMPTY: .alreadyExists
            case EACCES, EPERM, EROFS: .notAllowed
            case ENOSPC, EDQUOT, EFBIG: .diskFull
            case EWOULDBLOCK: .locked
            case EMFILE, ENFILE: .tooManyOpenFiles
            default: .io
            }
        self.init(kind, call: call, path: path, code: code)
    }

    public var description: String {
        let reason =
            code == 0
            ? kind.rawValue
            : String(cString: strerror(code)).lowercased()
        return "\(call) \(path): \(reason)"
    }
}

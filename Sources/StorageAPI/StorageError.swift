/// Why a storage could not do what it was asked.
public struct StorageError: Error, Sendable, CustomStringConvertible {
    public enum Kind: String, Sendable {
        /// A series reference that the storage does not know (any more): register the labels again.
        case unknownSeries
        /// The new series would go over the limit that the storage was given.
        case tooManySeries
        /// Labels that cannot be stored: empty set, no metric name where one is needed, too long.
        case invalidLabels
        /// No room on the disk; reading goes on.
        case diskFull
        /// Bytes on disk that are not what was written there.
        case corruption
        /// An operating system call failed.
        case io
        /// The reader gave up: its client left or its deadline passed.
        case cancelled
        /// The storage is starting or has been closed.
        case notReady
        /// A remote answered with an error or not at all.
        case remote
    }

    public let kind: Kind
    /// One sentence: "cannot X: got Y, want Z".
    public let message: String

    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    public var description: String { message }
}

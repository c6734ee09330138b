/// Why the program cannot do what its command line asks.
struct ProgramError: Error, CustomStringConvertible {
    enum Kind {
        /// A file that cannot be read or written.
        case io
        /// Settings that do not go together.
        case settings
    }

    let kind: Kind
    let message: String

    init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    var description: String { message }
}

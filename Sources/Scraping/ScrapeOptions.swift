/// What does not come from the configuration file.
public struct ScrapeOptions: Sendable {
    /// The User-Agent header.
    public var userAgent = "Martlet"
    /// A scrape that begins at most this many milliseconds (and 1 % of its interval) late counts as on
    /// time: its samples get the planned time, which compresses far better.
    public var timestampTolerance: Int64 = 2
    /// The name of this machine, from which targets get their place in the interval, so that two servers
    /// do not scrape at the same moment.
    public var hostName = ""
    /// Scrape new targets at once, not at their place in the interval (which follows). For a first look
    /// after the start, and for tests.
    public var scrapesAtStart = false

    /// Reads target groups from the text of a YAML file, whose path is the second argument. Nil: files of
    /// file discovery must be JSON.
    public var readYAML: (@Sendable (String, String) throws -> [TargetGroup])?
    /// The name servers that DNS discovery asks, `address` or `address:port`; nil for the system's.
    public var nameServers: [String]?

    public init() {}
}

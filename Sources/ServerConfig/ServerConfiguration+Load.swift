extension ServerConfiguration {
    /// Reads a configuration file. Blocks on the disk.
    public static func load(_ path: String) throws(ConfigurationError) -> ServerConfiguration {
        throw ConfigurationError(.io, "cannot read the configuration", file: path)
    }
}

public import WebClient

extension HTTPClientSettings {
    /// Reads a file that has nothing but the fields of the HTTP client (`--http.config.file` of the tools).
    /// Blocks on the disk.
    public static func load(_ path: String) throws(ConfigurationError) -> HTTPClientSettings {
        let root = try YAMLValue.read(try Files.read(path), file: path) ?? YAMLValue(content: .null, line: 1)
        let section = try Section(root, path: "", file: path)
        let client = try section.httpClient(Files.folder(of: path))
        try section.finish()
        return client
    }
}

public import Scraping

/// Files of file discovery: a list of target groups.
public enum TargetGroupFile {
    /// The groups in a YAML (or JSON) text.
    ///
    /// - Parameter file: for messages.
    public static func read(_ text: String, file: String) throws(ConfigurationError) -> [TargetGroup] {
        guard let root = try YAMLValue.read(text, file: file) else { return [] }
        switch root.content {
        case .null: return []
        case .list(let items):
            var groups: [TargetGroup] = []
            for (index, item) in items.enumerated() where !item.isNull {
                let section = try Section(item, path: "[\(index)]", file: file)
                groups.append(try section.targetGroup(source: "\(file):\(index)", refusesURLs: false))
            }
            return groups
        case .map, .text:
            throw ConfigurationError(
                .invalidValue, "cannot read target groups: got \(root.kindName), want a list", file: file,
                line: root.line)
        }
    }
}

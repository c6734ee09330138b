import JSON

/// Target groups as JSON: `[{"targets": ["host:port", …], "labels": {"name": "value", …}}, …]`.
enum TargetGroupText {
    /// - Parameter source: of the groups; their number is added.
    /// - Throws: `discovery`.
    static func read(_ bytes: [UInt8], source: String) throws(ScrapingError) -> [TargetGroup] {
        let value: JSONValue
        do { value = try JSONValue.parse(bytes, limits: JSONLimits(bytes: 1 << 28)) } catch {
            throw ScrapingError(.discovery, "cannot read target groups from \(source): \(error)")
        }
        if value.isNull { return [] }
        guard let items = value.array else {
            throw ScrapingError(.discovery, "cannot read target groups from \(source): want a list")
        }
        var groups: [TargetGroup] = []
        for (index, item) in items.enumerated() {
            guard let object = item.object else {
                throw ScrapingError(
                    .discovery, "cannot read target groups from \(source): entry \(index) is no object")
            }
            for (name, _) in object.members where name != "targets" && name != "labels" {
                throw ScrapingError(
                    .discovery, "cannot read target groups from \(source): unknown field \(name)")
            }
            var addresses: [String] = []
            for address in object["targets"]?.array ?? [] {
                guard let text = address.string else {
                    throw ScrapingError(
                        .discovery, "cannot read target groups from \(source): a target is no text")
                }
                addresses.append(text)
            }
            var labels: [String: String] = [:]
            for (name, value) in object["labels"]?.object?.members ?? [] {
                guard let text = value.string else {
                    throw ScrapingError(
                        .discovery, "cannot read target groups from \(source): the label \(name) is no text")
                }
                labels[name] = text
            }
            groups.append(TargetGroup(addresses: addresses, labels: labels, source: "\(source):\(index)"))
        }
        return groups
    }
}

/// The decoded items of a URL's query, in their order.
struct QueryItems: Sendable {
    private let items: [(name: String, value: String)]

    init(_ text: String) {
        items = text.split(separator: "&").compactMap { item in
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentText.decode(String(parts[0]), plusIsSpace: true) else { return nil }
            let value = parts.count > 1 ? PercentText.decode(String(parts[1]), plusIsSpace: true) : ""
            return value.map { (name, $0) }
        }
    }

    subscript(name: String) -> String? { items.first { $0.name == name }?.value }

    /// All values of a repeated item; those joined by commas apart.
    func all(_ name: String) -> [String] {
        items.filter { $0.name == name }.map(\.value).filter { !$0.isEmpty }
    }

    func number(_ name: String) -> Int64? { self[name].flatMap { Int64($0) } }

    func flag(_ name: String) -> Bool { self[name] == "true" || self[name] == "1" }
}

import TestKit
import Testing

/// Imports go down only. docs/architecture.md shows the same order.
@Suite struct LayerTests {
    /// From the bottom; modules of one line do not know each other.
    static let layers: [[String]] = [
        ["CChecksum", "CEpoll", "CMalloc", "CRE2", "CSnappy", "CZlib", "CZstd", "WebAssets"],
        ["Wire", "Platform", "JSON"],
        ["MetricModel"],
        ["StorageAPI", "PromQLSyntax", "Exposition"],
        ["Instruments", "EventLoops"],
        ["InstrumentsHummingbird", "TSDB", "PromQLEngine", "WebClient", "MailClient"],
        ["QueryScripts", "Scraping", "Rules", "RemoteStorage", "Dashboards", "ContainerStats", "Prediction"],
        ["WebServer", "ServerConfig"],
        ["QueryAPI", "DashboardServer", "ContainerServer", "PredictionAPI"],
        ["martlet"],
    ]

    /// Who alone may import what.
    static let reserved: [String: Set<String>] = [
        "TSDB": ["martlet", "QueryScripts"],
        "Foundation": [],
        "GRDB": ["Dashboards"],
        "Yams": ["ServerConfig", "Dashboards", "DashboardServer"],
        "ArgumentParser": ["martlet"],
    ]

    @Test func importsGoDown() {
        var height: [String: Int] = [:]
        for (index, layer) in Self.layers.enumerated() { for module in layer { height[module] = index } }
        for (file, text) in SourceTree.swift where file.module != "TestKit" {
            guard let own = height[file.module] else {
                Issue.record(
                    "\(file.path): the module \(file.module) has no layer; add it to LayerTests.layers")
                continue
            }
            for (number, line) in text.codeLines.enumerated() where line.contains("import ") {
                guard let module = LayerTests.imported(by: line) else { continue }
                let place = "\(file.path):\(number + 1)"
                if let other = height[module], other >= own, module != file.module {
                    Issue.record("\(place): \(file.module) must not import \(module), which is not below it")
                }
                if let allowed = Self.reserved[module], !allowed.contains(file.module) {
                    Issue.record("\(place): only \(allowed.sorted()) may import \(module)")
                }
                #expect(module != "TestKit", "\(place): TestKit is for tests")
            }
        }
    }

    private static func imported(by line: String) -> String? {
        let words = line.split(separator: " ")
        guard let index = words.firstIndex(of: "import"), words.count > index + 1,
            words[..<index].allSatisfy({
                $0.hasPrefix("@") || ["public", "package", "internal", "private", "fileprivate"].contains($0)
            })
        else { return nil }
        let kinds: Set<Substring> = [
            "struct", "class", "enum", "func", "protocol", "typealias", "let", "var",
        ]
        let name = kinds.contains(words[index + 1]) ? words.last : words[index + 1]
        return name?.split(separator: ".").first.map(String.init)
    }
}

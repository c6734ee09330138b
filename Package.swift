// swift-tools-version: 6.2
import PackageDescription

// MARTLET_ENGINE_ONLY=1 leaves out every target that needs the network stack, so that work on the
// engine (formats, storage, PromQL, containers, prediction) builds and tests in seconds:
// `make test-engine`.
let engineOnly = Context.environment["MARTLET_ENGINE_ONLY"] == "1"

let swiftSettings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

func swiftTarget(
    _ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []
) -> Target {
    .target(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: swiftSettings)
}

func swiftTests(
    _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []
) -> Target {
    .testTarget(
        name: name, dependencies: dependencies + ["TestKit"], exclude: exclude,
        swiftSettings: swiftSettings)
}

func benchmark(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies, path: "Benchmarks/\(name)",
        swiftSettings: swiftSettings)
}

// MARK: - System libraries and C

var targets: [Target] = [
    .systemLibrary(name: "CSnappy", providers: [.apt(["libsnappy-dev"])]),
    .systemLibrary(name: "CZstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CEpoll"),
    .systemLibrary(name: "CMalloc"),
    .systemLibrary(name: "CPrefetch"),
    .target(name: "CRE2", linkerSettings: [.linkedLibrary("re2"), .linkedLibrary("stdc++")]),
    .target(name: "CChecksum"),
    .target(name: "WebAssets"),
]

// MARK: - Base, seam, client, engine, and the services that need no network

targets += [
    swiftTarget("Wire", ["CChecksum", "CSnappy", "CZstd", "CZlib"]),
    swiftTarget("Platform", ["CMalloc"]),
    swiftTarget("JSON"),
    swiftTarget("MetricModel", ["Wire", "CRE2"]),
    swiftTarget("Exposition", ["MetricModel", "Wire"]),
    swiftTarget("StorageAPI", ["MetricModel"]),
    swiftTarget("PromQLSyntax", ["MetricModel", "JSON"]),
    swiftTarget("Instruments", ["Exposition", "MetricModel", "Platform"]),
    swiftTarget(
        "TSDB", ["StorageAPI", "Exposition", "MetricModel", "Wire", "Platform", "JSON", "CPrefetch"],
        exclude: ["README.md"]),
    swiftTarget("PromQLEngine", ["StorageAPI", "PromQLSyntax", "MetricModel", "Platform", "JSON"]),
    swiftTarget("QueryScripts", ["PromQLEngine", "PromQLSyntax", "StorageAPI", "MetricModel", "Platform"]),
    swiftTarget(
        "ContainerStats", ["MetricModel", "Exposition", "Platform", "JSON"], exclude: ["README.md"]),
    swiftTarget("Prediction", ["JSON"]),
    swiftTarget("RemoteStorage", ["StorageAPI", "Instruments", "MetricModel", "Platform", "Wire"]),
    swiftTarget("TestKit", ["StorageAPI", "MetricModel", "Platform"]),
]

targets += [
    swiftTests("PlatformTests", ["Platform"]),
    swiftTests("WireTests", ["Wire"]),
    swiftTests("MetricModelTests", ["MetricModel"]),
    swiftTests("ExpositionTests", ["Exposition", "MetricModel", "JSON"]),
    swiftTests("PromQLSyntaxTests", ["PromQLSyntax", "MetricModel", "JSON"]),
    swiftTests("InstrumentsTests", ["Instruments", "Exposition", "MetricModel", "Platform"]),
    swiftTests("TSDBTests", ["TSDB", "StorageAPI", "MetricModel", "Wire", "Platform", "JSON"]),
    swiftTests(
        "PromQLEngineTests",
        ["PromQLEngine", "QueryScripts", "PromQLSyntax", "StorageAPI", "MetricModel", "Platform", "JSON"]),
    swiftTests("ContainerStatsTests", ["ContainerStats", "Exposition", "Platform"]),
    swiftTests("JSONTests", ["JSON"]),
    swiftTests("PredictionTests", ["Prediction", "JSON"], exclude: ["Fixtures"]),
    swiftTests(
        "RemoteStorageTests", ["RemoteStorage", "TSDB", "StorageAPI", "MetricModel", "Platform", "Wire"]),
    swiftTests("TidyTests", []),
]

targets += [
    benchmark("bench-containers", ["ContainerStats", "Exposition"]),
    benchmark(
        "bench-engine",
        [
            "TSDB", "RemoteStorage", "PromQLEngine", "PromQLSyntax", "Exposition", "Instruments",
            "Prediction", "ContainerStats", "StorageAPI", "MetricModel", "Wire", "Platform",
        ]),
]

// MARTLET_FUZZ=1 adds the targets of scripts/fuzz, whose main function is libFuzzer's.
if Context.environment["MARTLET_FUZZ"] == "1" {
    targets.append(.target(name: "FuzzDriver", path: "Fuzz/FuzzDriver", swiftSettings: swiftSettings))
    for (name, dependencies) in [
        ("fuzz-promql", ["PromQLSyntax", "JSON"]), ("fuzz-scripts", ["QueryScripts"]),
        ("fuzz-storage", ["TSDB", "Wire"]), ("fuzz-text", ["Exposition", "JSON", "MetricModel"]),
        ("fuzz-write", ["RemoteStorage", "TSDB", "StorageAPI", "Platform", "Wire"]),
    ] {
        targets.append(
            .executableTarget(
                name: name, dependencies: (dependencies + ["FuzzDriver"]).map { .byName(name: $0) },
                path: "Fuzz/\(name)",
                swiftSettings: swiftSettings))
    }
}

var products: [Product] = [
    .library(name: "Instruments", targets: ["Instruments"])
]
var dependencies: [Package.Dependency] = []

// MARK: - Services, web and the program

if !engineOnly {
    dependencies = [
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", exact: "2.28.1"),
        .package(url: "https://github.com/swift-server/async-http-client.git", exact: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", exact: "2.13.0"),
        .package(url: "https://github.com/apple/swift-log.git", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-argument-parser.git", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-nio.git", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", exact: "2.37.6"),
        .package(url: "https://github.com/apple/swift-http-types.git", exact: "1.8.0"),
        .package(url: "https://github.com/jpsim/Yams.git", exact: "6.2.2"),
        .package(url: "https://github.com/groue/GRDB.swift.git", exact: "7.10.0"),
        .package(url: "https://github.com/apple/swift-crypto.git", exact: "4.5.2"),
    ]
    let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
    let hummingbirdTesting = Target.Dependency.product(
        name: "HummingbirdTesting", package: "hummingbird")
    let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
    let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
    let httpClient = Target.Dependency.product(
        name: "AsyncHTTPClient", package: "async-http-client")
    let serviceLifecycle = Target.Dependency.product(
        name: "ServiceLifecycle", package: "swift-service-lifecycle")
    let unixSignals = Target.Dependency.product(
        name: "UnixSignals", package: "swift-service-lifecycle")
    let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
    let argumentParser = Target.Dependency.product(
        name: "ArgumentParser", package: "swift-argument-parser")
    let nio = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
    let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
    let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
    let nioHTTP = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
    let nioTLS = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
    let yams = Target.Dependency.product(name: "Yams", package: "Yams")
    let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
    let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
    let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")

    products += [
        .library(name: "InstrumentsHummingbird", targets: ["InstrumentsHummingbird"]),
        .executable(name: "martlet", targets: ["martlet"]),
    ]
    targets += [
        swiftTarget(
            "InstrumentsHummingbird",
            ["Instruments", "Exposition", "Platform", hummingbird, httpTypes, nio]),
        swiftTarget("EventLoops", ["CEpoll", "Platform", nio]),
        swiftTarget(
            "WebClient", ["Platform", "Wire", "EventLoops", httpClient, nio, nioHTTP, nioTLS, nioPosix]),
        swiftTarget("MailClient", ["Wire", nio, nioPosix, nioTLS]),
        swiftTarget(
            "Scraping",
            [
                "WebClient", "EventLoops", "StorageAPI", "Exposition", "Instruments", "MetricModel",
                "Platform",
                "Wire", "JSON", logging, serviceLifecycle, nio, nioPosix,
            ]),
        swiftTarget(
            "Rules",
            [
                "WebClient", "StorageAPI", "PromQLEngine", "PromQLSyntax", "Instruments", "MetricModel",
                "Platform",
                "JSON", logging, serviceLifecycle,
            ]),
        swiftTarget(
            "Dashboards", ["JSON", "MetricModel", "Platform", grdb, crypto, cryptoExtras, logging, yams]),
        swiftTarget("ServerConfig", ["Scraping", "Rules", "WebClient", "MetricModel", yams]),
        swiftTarget(
            "WebServer",
            [
                "WebAssets", "EventLoops", "Platform", "Wire", "CZlib", hummingbird, hummingbirdCore,
                httpTypes,
                serviceLifecycle, logging, nio, nioPosix,
                nioHTTP, nioTLS, crypto,
            ]),
        swiftTarget(
            "QueryAPI",
            [
                "WebServer", "JSON", "ServerConfig", "Scraping", "RemoteStorage", "StorageAPI",
                "PromQLEngine", "PromQLSyntax",
                "Instruments", "InstrumentsHummingbird", "Exposition", "MetricModel", "Platform",
                hummingbird, httpTypes, serviceLifecycle, logging, nio, crypto,
            ]),
        swiftTarget(
            "DashboardServer",
            [
                "WebServer", "Dashboards", "MailClient", "Rules", "MetricModel", "JSON", "Instruments",
                "InstrumentsHummingbird", "Platform", hummingbird, httpTypes, httpClient, serviceLifecycle,
                logging, nio, nioHTTP,
            ]),
        swiftTarget(
            "ContainerServer",
            [
                "WebServer", "ContainerStats", "Exposition", "JSON", "Instruments", "InstrumentsHummingbird",
                "Platform", "Wire", hummingbird, httpTypes, logging, nio, crypto,
            ]),
        swiftTarget(
            "PredictionAPI",
            [
                "WebServer", "Prediction", "JSON", "Exposition", "Instruments", "InstrumentsHummingbird",
                "Platform", hummingbird, httpTypes, nio, crypto,
            ]),
        .executableTarget(
            name: "martlet",
            dependencies: [
                "QueryAPI", "DashboardServer", "ContainerServer", "PredictionAPI",
                "WebServer", "WebClient", "ServerConfig", "Scraping", "Rules", "RemoteStorage", "TSDB",
                "PromQLEngine", "PromQLSyntax",
                "QueryScripts", "JSON", "Dashboards", "ContainerStats", "Prediction", "Instruments",
                "Exposition", "StorageAPI",
                "MetricModel", "Platform", "Wire", hummingbird, argumentParser,
                serviceLifecycle, unixSignals, logging, nio,
            ],
            swiftSettings: swiftSettings),
        benchmark("bench-scrape", ["Scraping", "StorageAPI", "MetricModel", "Platform"]),
        swiftTests("EventLoopsTests", ["EventLoops", "Platform"]),
        swiftTests("MailClientTests", ["MailClient", "Wire", nio, nioPosix, nioTLS]),
        swiftTests("WebClientTests", ["WebClient", hummingbird, httpTypes, nio, nioPosix]),
        swiftTests(
            "ScrapingTests",
            [
                "Scraping", "WebClient", "StorageAPI", "MetricModel", "Exposition",
                "Instruments",
                "Platform", "Wire",
                hummingbird, httpTypes, logging, nio,
            ]),
        swiftTests(
            "RulesTests",
            [
                "Rules", "WebClient", "StorageAPI", "PromQLEngine", "MetricModel", "Platform", "Instruments",
                "JSON",
                hummingbird, httpTypes, logging, nio,
            ]),
        swiftTests("ServerConfigTests", ["Rules", "ServerConfig", "Scraping", "WebClient", "MetricModel"]),
        swiftTests("DashboardsTests", ["Dashboards", "JSON", "Platform", grdb]),
        swiftTests(
            "WebServerTests",
            [
                "WebServer", "CZlib", hummingbird, hummingbirdTesting, httpTypes, logging, nio,
                nioEmbedded, nioHTTP, serviceLifecycle,
            ]),
        swiftTests(
            "QueryAPITests",
            [
                "QueryAPI", "QueryScripts", "WebServer", "TSDB", "PromQLEngine", "Scraping", "StorageAPI",
                "Instruments", "JSON",
                "MetricModel", "Platform", hummingbird, hummingbirdTesting, httpTypes, logging, nio,
            ]),
        swiftTests(
            "DashboardServerTests",
            [
                "DashboardServer", "Dashboards", "Instruments", "JSON", "Platform", "WebServer", hummingbird,
                httpTypes, nio, logging,
            ]),
        swiftTests(
            "ContainerServerTests",
            [
                "ContainerServer", "ContainerStats", "Instruments", "JSON", "Platform", "WebServer", "Wire",
                hummingbird,
                hummingbirdTesting, httpTypes, logging, nio,
            ]),
        swiftTests(
            "PredictionAPITests",
            [
                "PredictionAPI", "Prediction", "Instruments", "Platform", "WebServer", hummingbird,
                hummingbirdTesting, httpTypes, nio,
            ]),
        swiftTests(
            "InstrumentsHummingbirdTests",
            [
                "InstrumentsHummingbird", "Instruments", hummingbird, hummingbirdTesting, httpTypes,
                nio,
            ]),
        swiftTests("ProgramTests", ["martlet", "Wire"]),
    ]
}

let package = Package(
    name: "martlet",
    products: products,
    dependencies: dependencies,
    targets: targets,
    cxxLanguageStandard: .cxx17
)

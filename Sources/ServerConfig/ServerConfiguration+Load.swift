import MetricModel
import Scraping

extension ServerConfiguration {
    /// Reads a configuration file and the files with further jobs that it names. Blocks on the disk.
    ///
    /// - Parameter prefersProtobuf: whether jobs that name no protocols ask for protobuf first, which alone tells start
    ///   timestamps well.
    public static func load(
        _ path: String, prefersProtobuf: Bool = false
    ) throws(ConfigurationError) -> ServerConfiguration {
        try parse(try Files.read(path), file: path, prefersProtobuf: prefersProtobuf)
    }

    /// The files that a configuration is made of, rule files included. Blocks on the disk.
    public func files(of path: String) -> [String] {
        [path] + (scrapeConfigFiles + ruleFiles).flatMap { Files.matching($0) }
    }

    /// Reads a configuration from text.
    ///
    /// - Parameters:
    ///   - file: for messages; relative paths start in its folder.
    ///   - prefersProtobuf: see ``load(_:prefersProtobuf:)``.
    public static func parse(
        _ text: String, file: String = "", prefersProtobuf: Bool = false
    ) throws(ConfigurationError) -> ServerConfiguration {
        let directory = file.isEmpty ? "" : Files.folder(of: file)
        let root = try YAMLValue.read(text, file: file) ?? YAMLValue(content: .null, line: 1)
        let section = try Section(root, path: "", file: file)
        var result = ServerConfiguration()
        if let global = try section.section("global") { result.global = try global.global(directory) }
        if prefersProtobuf, result.global.scrapeProtocols == nil {
            result.global.scrapeProtocols = ScrapeProtocol.protobufFirst
        }
        if let runtime = try section.section("runtime") {
            _ = try runtime.integer("gogc")
            try runtime.finish()
        }
        result.ruleFiles = try section.patterns("rule_files", "rule file", directory)
        result.scrapeConfigFiles = try section.patterns(
            "scrape_config_files", "scrape config file", directory)
        try result.readJobs(section, directory)
        if let alerting = try section.section("alerting") {
            result.alerting = try alerting.alerting(
                result.global.nameValidation, directory, warnings: &result.warnings)
        }
        if let storage = try section.section("storage") { result.storage = try storage.storage() }
        if let tracing = try section.section("tracing") {
            result.tracing = try tracing.tracing(directory)
            result.warnings.append(
                "\(file):\(tracing.line): tracing is not supported: no traces will be sent")
        }
        try result.readRemotes(section, directory)
        if let otlp = try section.section("otlp") { result.otlp = try otlp.otlp(result.global) }
        try section.finish()
        result.yaml = result.rendered(from: root)
        try result.readFurtherJobs()
        result.warnOfIdleSettings(section, file)
        return result
    }

    /// Notes what is read, checked and has no effect.
    private mutating func warnOfIdleSettings(_ section: Section, _ file: String) {
        let idle: [(name: String, isGiven: Bool, effect: String)] = [
            ("remote_write", !remoteWrite.isEmpty, "no samples will be sent"),
            ("remote_read", !remoteRead.isEmpty, "only the own storage is queried"),
            ("otlp", section.has("otlp"), "there is no OTLP receiver"),
            (
                "scrape_failure_log_file", scrapeConfigurations.contains { !$0.scrapeFailureLogFile.isEmpty },
                "failed scrapes are logged at level debug only"
            ),
            (
                "convert_classic_histograms_to_nhcb",
                scrapeConfigurations.contains(where: \.convertClassicHistogramsToNHCB),
                "classic histograms stay classic"
            ),
            (
                "stale_series_compaction_threshold", storage.staleSeriesCompactionThreshold > 0,
                "stale series leave with the rest"
            ),
            (
                "chunk_encoding", storage.floatEncoding == .xor2,
                "floats are written as xor, with start timestamps as xor2"
            ),
        ]
        for (name, isGiven, effect) in idle where isGiven {
            warnings.append("\(file): \(name) is not supported: \(effect)")
        }
    }

    private mutating func readJobs(_ section: Section, _ directory: String) throws(ConfigurationError) {
        for job in try section.sections("scrape_configs", nullMessage: "an empty entry is no job") {
            let read = try job.scrapeConfiguration(global, directory)
            let name = read.configuration.jobName
            if scrapeConfigurations.contains(where: { $0.jobName == name }) {
                throw job.error(.conflict, "two jobs are named \(LabelText.quoted(name))", at: "job_name")
            }
            scrapeConfigurations.append(read.configuration)
            warnings += read.warnings
        }
    }

    private mutating func readFurtherJobs() throws(ConfigurationError) {
        var places: [String: String] = [:]
        for job in scrapeConfigurations { places[job.jobName] = "the main file" }
        for pattern in scrapeConfigFiles {
            for file in Files.matching(pattern) {
                let root =
                    try YAMLValue.read(try Files.read(file), file: file) ?? YAMLValue(content: .null, line: 1)
                let section = try Section(root, path: "", file: file)
                for job in try section.sections("scrape_configs", nullMessage: "an empty entry is no job") {
                    let read = try job.scrapeConfiguration(global, Files.folder(of: file))
                    let name = read.configuration.jobName
                    if let place = places[name] {
                        throw job.error(
                            .conflict, "the job \(LabelText.quoted(name)) is already in \(place)",
                            at: "job_name")
                    }
                    places[name] = LabelText.quoted(file)
                    scrapeConfigurations.append(read.configuration)
                    warnings += read.warnings
                }
                try section.finish()
            }
        }
    }

    private mutating func readRemotes(_ section: Section, _ directory: String) throws(ConfigurationError) {
        for entry in try section.sections("remote_write", nullMessage: "an empty entry is no remote_write") {
            let read = try entry.remoteWrite(global.nameValidation, directory, warnings: &warnings)
            if !read.name.isEmpty, remoteWrite.contains(where: { $0.name == read.name }) {
                throw entry.error(
                    .conflict, "two entries are named \(LabelText.quoted(read.name))", at: "name")
            }
            remoteWrite.append(read)
        }
        for entry in try section.sections("remote_read", nullMessage: "an empty entry is no remote_read") {
            let read = try entry.remoteRead(directory)
            if !read.name.isEmpty, remoteRead.contains(where: { $0.name == read.name }) {
                throw entry.error(
                    .conflict, "two entries are named \(LabelText.quoted(read.name))", at: "name")
            }
            remoteRead.append(read)
        }
    }
}

extension Section {
    /// Paths with `*` in the last element only.
    fileprivate func patterns(_ name: String, _ what: String, _ directory: String) throws(ConfigurationError)
        -> [String]
    {
        let paths = try strings(name) ?? []
        for path in paths {
            // One star, and no slash behind it.
            let afterStar = path.drop { $0 != "*" }.dropFirst()
            if afterStar.contains("*") || afterStar.contains("/") {
                throw error(
                    .invalidValue,
                    "cannot use the \(what) path \(LabelText.quoted(path)): want at most one *, in the last element",
                    at: name)
            }
        }
        return paths.map { $0.joined(to: directory) }
    }
}

import MetricModel
import StorageAPI
import WebServer

#if canImport(Glibc)
    import Glibc
#endif

/// What the server tells about itself.
enum StatusHandlers {
    static func buildInformation(_ call: APICall) throws(APIError) -> APIAnswer {
        try call.success { json throws(APIError) in json.write(call.services.build) }
    }

    static func flags(_ call: APICall) throws(APIError) -> APIAnswer {
        try call.success { json throws(APIError) in
            json.object { json in
                for (name, value) in call.services.flags.sorted(by: { $0.key < $1.key }) {
                    json.member(named: name)
                    json.string(value)
                }
            }
        }
    }

    static func configuration(_ call: APICall) throws(APIError) -> APIAnswer {
        try call.success { json throws(APIError) in
            json.object { json in
                json.member("yaml")
                json.string(call.services.configurationText())
            }
        }
    }

    static func runtime(_ call: APICall) throws(APIError) -> APIAnswer {
        let runtime = call.services.runtime()
        return try call.success { json throws(APIError) in
            json.object { json in
                json.member("startTime")
                json.time(runtime.startTime)
                json.member("CWD")
                json.string(Machine.workingDirectory)
                json.member("hostname")
                json.string(Machine.hostName)
                json.member("serverTime")
                json.time(call.now)
                json.member("reloadConfigSuccess")
                json.bool(runtime.isReloadSuccessful)
                json.member("lastConfigTime")
                json.time(runtime.lastConfigurationTime)
                json.member("corruptionCount")
                json.integer(runtime.corruptionCount)
                // Threads, where Prometheus counts its own light ones.
                json.member("goroutineCount")
                json.integer(Machine.threadCount)
                json.member("GOMAXPROCS")
                json.integer(sysconf(Int32(_SC_NPROCESSORS_ONLN)))
                json.member("GOMEMLIMIT")
                json.integer(Int64.max)
                json.member("GOGC")
                json.string("")
                json.member("GODEBUG")
                json.string("")
                json.member("storageRetention")
                json.string(runtime.storageRetention)
            }
        }
    }

    static func database(_ call: APICall) throws(APIError) -> APIAnswer {
        var limit = 10
        if let text = call.form["limit"], !text.isEmpty {
            guard let number = Int(text), number >= 1 else {
                throw APIError(.badData, "limit must be a positive number")
            }
            guard number <= 10_000 else { throw APIError(.badData, "limit must not exceed 10000") }
            limit = number
        }
        let status: DatabaseStatus
        do {
            status = try view(call).status(limit)
        } catch let error as StorageError {
            throw error.kind == .notReady ? APIError(error) : APIError(.internal, error.message)
        } catch let error as APIError {
            throw error
        } catch {
            throw APIError(.internal, "\(error)")
        }
        return try call.success { json throws(APIError) in
            json.object { json in
                json.member("headStats")
                json.object { json in
                    json.member("numSeries")
                    json.integer(status.seriesCount)
                    json.member("numLabelPairs")
                    json.integer(status.labelPairCount)
                    json.member("chunkCount")
                    json.integer(status.chunkCount)
                    json.member("minTime")
                    json.integer(status.minTime)
                    json.member("maxTime")
                    json.integer(status.maxTime)
                }
                json.member("seriesCountByMetricName")
                json.entries(status.seriesCountByMetricName)
                json.member("labelValueCountByLabelName")
                json.entries(status.labelValueCountByLabelName)
                json.member("memoryInBytesByLabelName")
                json.entries(status.memoryInBytesByLabelName)
                json.member("seriesCountByLabelValuePair")
                json.entries(status.seriesCountByLabelValuePair)
            }
        }
    }

    static func blocks(_ call: APICall) throws(APIError) -> APIAnswer {
        let blocks: [[UInt8]]
        do {
            blocks = try view(call).blocks()
        } catch let error as APIError {
            throw error
        } catch {
            throw APIError(.internal, "error getting block metadata: \(error)")
        }
        return try call.success { json throws(APIError) in
            json.object { json in
                json.member("blocks")
                json.array { json in
                    for block in blocks {
                        json.element()
                        json.json(block)
                    }
                }
            }
        }
    }

    static func replay(_ call: APICall) throws(APIError) -> APIAnswer {
        let progress = call.services.database?.replayProgress() ?? (min: 0, max: 0, current: 0)
        return try call.success { json throws(APIError) in
            json.object { json in
                json.member("min")
                json.integer(progress.min)
                json.member("max")
                json.integer(progress.max)
                json.member("current")
                json.integer(progress.current)
            }
        }
    }

    static func features(_ call: APICall) throws(APIError) -> APIAnswer {
        let features = FeatureTable.all(call.services)
        return try call.success { json throws(APIError) in
            json.object { json in
                for (category, names) in features.sorted(by: { $0.key < $1.key }) {
                    json.member(named: category)
                    json.object { json in
                        for (name, isOn) in names.sorted(by: { $0.key < $1.key }) {
                            json.member(named: name)
                            json.bool(isOn)
                        }
                    }
                }
            }
        }
    }

    static func notifications(_ call: APICall) throws(APIError) -> APIAnswer {
        try call.success { json throws(APIError) in
            json.array { json in
                for notification in call.services.notificationBoard.active {
                    json.element()
                    json.write(notification)
                }
            }
        }
    }

    static func view(_ call: APICall) throws(APIError) -> DatabaseView {
        guard let view = call.services.database else {
            throw APIError(.unavailable, "the storage has no head and blocks")
        }
        return view
    }
}

extension AnswerWriter {
    mutating func write(_ build: BuildInformation) {
        object { json in
            json.member("version")
            json.string(build.version)
            json.member("revision")
            json.string(build.revision)
            json.member("branch")
            json.string(build.branch)
            json.member("buildUser")
            json.string(build.user)
            json.member("buildDate")
            json.string(build.date)
            json.member("goVersion")
            json.string(build.compiler)
        }
    }

    fileprivate mutating func entries(_ entries: [DatabaseStatus.Entry]) {
        array { json in
            for entry in entries {
                json.element()
                json.object { json in
                    json.member("name")
                    json.string(entry.name)
                    json.member("value")
                    json.integer(entry.value)
                }
            }
        }
    }
}

/// What the operating system knows.
enum Machine {
    static let hostName: String = {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, 255) == 0 else { return "" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }()

    static let workingDirectory: String = {
        guard let path = getcwd(nil, 0) else { return "" }
        defer { free(path) }
        return String(cString: path)
    }()

    /// Threads of this process; 0 when procfs does not tell.
    static var threadCount: Int {
        guard let folder = opendir("/proc/self/task") else { return 0 }
        defer { closedir(folder) }
        var count = 0
        while readdir(folder) != nil { count += 1 }
        return max(count - 2, 0)
    }
}

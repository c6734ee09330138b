import Exposition
import MetricModel
import PromQLSyntax
import Scraping
import WebServer

/// What is scraped, and what it says about its metrics.
enum TargetHandlers {
    static func pools(_ call: APICall) throws(APIError) -> APIAnswer {
        try call.success { json throws(APIError) in
            json.object { json in
                json.member("scrapePools")
                json.strings(call.services.scrape.pools())
            }
        }
    }

    static func targets(_ call: APICall) throws(APIError) -> APIAnswer {
        let pool = call.form["scrapePool"] ?? ""
        let state = (call.form["state"] ?? "").lowercased()
        let showsActive = ["", "any", "active"].contains(state)
        let showsDropped = ["", "any", "dropped"].contains(state)
        return try call.success { json throws(APIError) in
            json.object { json in
                json.member("activeTargets")
                json.array { json in
                    for target in showsActive ? call.services.scrape.targets() : []
                    where pool.isEmpty || pool == target.scrapePool {
                        json.element()
                        json.write(target, globalURL: globalURL(of: target.scrapeURL, call.services))
                    }
                }
                json.member("droppedTargets")
                json.array { json in
                    for target in showsDropped ? call.services.scrape.droppedTargets() : []
                    where pool.isEmpty || pool == target.scrapePool {
                        json.element()
                        json.object { json in
                            json.member("discoveredLabels")
                            json.labels(target.discoveredLabels)
                            json.member("scrapePool")
                            json.string(target.scrapePool)
                        }
                    }
                }
                json.member("droppedTargetCounts")
                if showsDropped {
                    json.object { json in
                        for (pool, count) in call.services.scrape.droppedTargetCounts().sorted(by: {
                            $0.key < $1.key
                        }) {
                            json.member(named: pool)
                            json.integer(count)
                        }
                    }
                } else {
                    json.raw("null")
                }
            }
        }
    }

    /// The address of a target for people elsewhere: this machine's own name becomes the one that the
    /// server is known by.
    static func globalURL(of url: String, _ services: QueryServices) -> String {
        guard !services.externalURL.isEmpty, let schemeEnd = url.firstRange(of: "://") else { return url }
        let rest = url[schemeEnd.upperBound...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let path = rest.dropFirst(authority.count)
        let (host, port) = split(authority)
        guard ["localhost", "127.0.0.1", "::1"].contains(host) else { return url }
        guard let ownSchemeEnd = services.externalURL.firstRange(of: "://") else { return url }
        let ownAuthority = services.externalURL[ownSchemeEnd.upperBound...].prefix { $0 != "/" }
        if port == String(services.listenPort) {
            return String(services.externalURL[..<ownSchemeEnd.upperBound] + ownAuthority + path)
        }
        let ownHost = split(ownAuthority).host
        let shownHost = ownHost.contains(":") ? "[\(ownHost)]" : ownHost
        return String(url[..<schemeEnd.upperBound]) + shownHost + (port.isEmpty ? "" : ":" + port) + path
    }

    private static func split(_ authority: Substring) -> (host: String, port: String) {
        if authority.hasPrefix("[") {
            let host = authority.dropFirst().prefix { $0 != "]" }
            return (String(host), String(authority.dropFirst(host.count + 2).drop { $0 == ":" }))
        }
        let host = authority.prefix { $0 != ":" }
        return (String(host), String(authority.dropFirst(host.count).drop { $0 == ":" }))
    }

    static func targetMetadata(_ call: APICall) throws(APIError) -> APIAnswer {
        let limit = try call.form.number("limit") ?? -1
        var matchers: [LabelMatcher] = []
        if let text = call.form["match_target"], !text.isEmpty {
            do { matchers = try Expression.parseSelector(text) } catch {
                throw .parameter("match_target", error.description)
            }
        }
        let metric = call.form["metric"] ?? ""
        var count = 0
        return try call.success { json throws(APIError) in
            json.array { json in
                for target in call.services.scrape.metadata() {
                    if limit >= 0, count >= limit { break }
                    guard matchers.allSatisfy({ $0.matches(target.labels) }) else { continue }
                    for entry in target.metrics where metric.isEmpty || entry.metric == metric {
                        count += 1
                        json.element()
                        json.object { json in
                            json.member("target")
                            json.labels(target.labels)
                            if metric.isEmpty {
                                json.member("metric")
                                json.string(entry.metric)
                            }
                            json.members(of: entry)
                        }
                    }
                }
            }
        }
    }

    static func metadata(_ call: APICall) throws(APIError) -> APIAnswer {
        let limit = try call.form.number("limit") ?? -1
        let limitPerMetric = try call.form.number("limit_per_metric") ?? -1
        let metric = call.form["metric"] ?? ""
        var entries: [String: [MetricMetadata]] = [:]
        for target in call.services.scrape.metadata() {
            for entry in target.metrics where metric.isEmpty || entry.metric == metric {
                let known = entries[entry.metric, default: []]
                if limitPerMetric > 0, known.count >= limitPerMetric || known.contains(entry) { continue }
                if !known.contains(entry) { entries[entry.metric, default: []].append(entry) }
            }
        }
        var names = entries.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        if limit >= 0 { names = Array(names.prefix(limit)) }
        return try call.success { json throws(APIError) in
            json.object { json in
                for name in names {
                    json.member(named: name)
                    json.array { json in
                        for entry in entries[name] ?? [] {
                            json.element()
                            json.object { json in json.members(of: entry) }
                        }
                    }
                }
            }
        }
    }
}

extension AnswerWriter {
    fileprivate mutating func write(_ target: TargetStatus, globalURL: String) {
        object { json in
            json.member("discoveredLabels")
            json.labels(target.discoveredLabels)
            json.member("labels")
            json.labels(target.labels)
            json.member("scrapePool")
            json.string(target.scrapePool)
            json.member("scrapeUrl")
            json.string(target.scrapeURL)
            json.member("globalUrl")
            json.string(globalURL)
            json.member("lastError")
            json.string(target.lastError)
            json.member("lastScrape")
            json.time(target.lastScrape)
            json.member("lastScrapeDuration")
            json.number(target.lastScrapeDuration)
            json.member("health")
            json.string(target.health.rawValue)
            json.member("scrapeInterval")
            json.string(DurationText.format(milliseconds: target.scrapeInterval))
            json.member("scrapeTimeout")
            json.string(DurationText.format(milliseconds: target.scrapeTimeout))
        }
    }

    fileprivate mutating func members(of entry: MetricMetadata) {
        member("type")
        string(entry.type == .untyped ? "unknown" : entry.type.rawValue)
        member("help")
        string(entry.help)
        member("unit")
        string(entry.unit)
    }
}

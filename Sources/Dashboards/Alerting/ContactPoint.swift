public import JSON

/// Where notifications go: one integration; several of one name are told together.
public struct ContactPoint: Sendable, Equatable {
    public var uid: String
    public var name: String
    public var type: String
    /// Without secrets.
    public var settings: JSONObject
    /// Secrets by their path in the settings, for instance "tlsConfig.clientKey"; empty when they were
    /// not read.
    public var secrets: [String: String] = [:]
    /// Paths of the secrets that are there.
    public var secretNames: [String] = []
    /// Paths of secrets that could not be read, as the key of this installation has changed.
    public internal(set) var unreadableSecrets: [String] = []
    public var disablesResolveMessage = false
    public internal(set) var provenance = Provenance.none

    /// What stands in the place of a secret.
    public static let redacted = "[REDACTED]"

    /// The types of the original, and which of their settings are secrets.
    static let types: [String: [String]] = [
        "alertmanager": ["basicAuthPassword"], "prometheus-alertmanager": ["basicAuthPassword"],
        "dingding": ["url"], "discord": ["url"], "email": [], "googlechat": ["url"],
        "jira": ["user", "password", "api_token"], "kafka": ["password"], "line": ["token"],
        "mqtt": ["password"],
        "oncall": ["password", "authorization_credentials"], "opsgenie": ["apiKey"],
        "pagerduty": ["integrationKey"],
        "pushover": ["apiToken", "userKey"], "sensugo": ["apikey"], "slack": ["url", "token"],
        "sns": ["sigv4.access_key", "sigv4.secret_key"], "teams": [], "telegram": ["bottoken"],
        "threema": ["api_secret"], "victorops": ["url"],
        "webex": ["bot_token"],
        "webhook": [
            "password", "authorization_credentials", "tlsConfig.caCertificate", "tlsConfig.clientCertificate",
            "tlsConfig.clientKey", "hmacConfig.secret", "http_config.oauth2.client_secret",
        ],
        "wecom": ["url", "secret"],
    ]

    /// The types that are delivered; others are kept and shown with an error.
    public static let deliveredTypes: Set<String> = [
        "webhook", "prometheus-alertmanager", "alertmanager", "slack", "discord", "teams", "telegram",
        "pagerduty", "opsgenie", "email",
    ]

    /// Whether nobody hears of what is sent here.
    public var isDelivered: Bool { ContactPoint.deliveredTypes.contains(type) }

    /// Reads one in the form of the API, or a receiver of a file when `name` is given.
    ///
    /// - Parameter isComplete: whether it must have all that its type needs; one that was taken over has no
    ///   secrets yet.
    /// - Throws: `invalidInput` that names place and key.
    public init(
        _ object: JSONObject, name given: String? = nil, place: String = "contact point",
        isComplete: Bool = true
    ) throws(DashboardsError) {
        var members = StrictMembers(object, place)
        if let given { name = given } else { name = try members.need("name") }
        members = StrictMembers(object, given == nil ? "\(place) \"\(name.prefix(80))\"" : place)
        guard name.utf8.count <= AlertRule.nameBytesMax else {
            throw members.failure("name", "at most \(AlertRule.nameBytesMax) bytes are taken")
        }
        uid = try members.text("uid") ?? ""
        guard uid.isEmpty || UID.isValid(uid) else {
            throw members.failure("uid", "it contains illegal characters or is longer than 40")
        }
        type = try members.need("type")
        guard let secretPaths = ContactPoint.types[type] else {
            throw members.failure("type", "\"\(type)\" is not known")
        }
        settings = try members.object("settings") ?? [:]
        disablesResolveMessage = try members.flag("disableResolveMessage")
        let secure = try members.object("secureSettings") ?? [:]
        for (name, value) in secure.members { if let text = value.string { secrets[name] = text } }
        for path in secretPaths + ContactPoint.alike(settings) {
            if let text = settings.takeText(at: path.split(separator: ".").map(String.init)) {
                secrets[path] = text
            }
        }
        if isComplete { try check(members) }
    }

    /// Settings at the top that look like a secret although the type does not say so.
    private static func alike(_ settings: JSONObject) -> [String] {
        settings.members.map(\.name).filter { name in
            let lower = name.lowercased()
            return ["password", "secret", "token", "apikey", "api_key", "credentials"]
                .contains { lower.contains($0) }
        }
    }

    /// What a type that is delivered cannot do without.
    private func check(_ members: StrictMembers) throws(DashboardsError) {
        func url(_ key: String) throws(DashboardsError) {
            let text = settings.text(key) ?? secrets[key] ?? ""
            for part in text.split(separator: ",") {
                let part = String(part.filter { $0 != " " })
                guard HTTPURL.isValid(part) else {
                    throw members.failure(
                        "settings.\(key)", "want an address that begins with http:// or https://")
                }
            }
            guard !text.isEmpty else { throw members.failure("settings.\(key)", "it is missing") }
        }
        func needed(_ key: String) throws(DashboardsError) {
            guard
                (settings.text(key) ?? secrets[key] ?? settings.whole(key).map(String.init))?.isEmpty == false
            else { throw members.failure("settings.\(key)", "it is missing") }
        }
        switch type {
        case "teams": try url("url")
        case "discord": if secrets["url"] != ContactPoint.redacted { try url("url") }
        case "telegram":
            try needed("bottoken")
            try needed("chatid")
        case "pagerduty": try needed("integrationKey")
        case "opsgenie": try needed("apiKey")
        case "webhook", "prometheus-alertmanager", "alertmanager": try url("url")
        case "email":
            guard settings.text("addresses")?.isEmpty == false else {
                throw members.failure("settings.addresses", "it is missing")
            }
        case "slack":
            let given = secrets["url"] ?? ""
            if given.isEmpty, (secrets["token"] ?? "").isEmpty {
                throw members.failure("settings.url", "it is missing, and so is settings.token")
            }
            if !given.isEmpty, given != ContactPoint.redacted { try url("url") }
        default: break
        }
    }

    init(row name: String, uid: String, body: JSONObject, secretNames: [String]) {
        self.name = name
        self.uid = uid
        type = body.text("type") ?? ""
        settings = body.object("settings") ?? [:]
        disablesResolveMessage = body.flag("disableResolveMessage") ?? false
        self.secretNames = secretNames
    }

    /// The settings with secrets in their places, or with ``redacted`` for those that were not read.
    public var shownSettings: JSONObject {
        var result = settings
        for path in secretNames {
            result.setText(
                ContactPoint.redacted, at: path.split(separator: ".").map(String.init))
        }
        return result
    }

    /// The settings with their secrets.
    public var fullSettings: JSONObject {
        var result = settings
        for (path, text) in secrets { result.setText(text, at: path.split(separator: ".").map(String.init)) }
        return result
    }

    /// In the form of the provisioning API.
    public var json: JSONObject {
        var result: JSONObject = [
            "uid": .string(uid), "name": .string(name), "type": .string(type),
            "settings": .object(shownSettings), "disableResolveMessage": .bool(disablesResolveMessage),
        ]
        if provenance != .none { result["provenance"] = .string(provenance.rawValue) }
        return result
    }
}

extension JSONObject {
    /// Takes out the text at a path.
    fileprivate mutating func takeText(at path: [String]) -> String? {
        guard let name = path.first else { return nil }
        guard path.count > 1 else {
            guard let text = self[name]?.string else { return nil }
            self[name] = nil
            return text
        }
        guard case .object(var inner)? = self[name] else { return nil }
        let text = inner.takeText(at: Array(path.dropFirst()))
        if text != nil { self[name] = .object(inner) }
        return text
    }

    fileprivate mutating func setText(_ text: String, at path: [String]) {
        guard let name = path.first else { return }
        if path.count == 1 {
            self[name] = .string(text)
        } else {
            edit(name) { $0.setText(text, at: Array(path.dropFirst())) }
        }
    }
}

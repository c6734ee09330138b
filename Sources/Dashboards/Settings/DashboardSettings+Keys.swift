extension DashboardSettings {
    /// A key of grafana.ini and what it changes.
    struct Key: Sendable {
        let section: String
        let name: String
        /// Throws what is wanted instead.
        let apply: @Sendable (inout DashboardSettings, String) throws(Wanted) -> Void

        /// `GF_<SECTION>_<KEY>`.
        var environmentName: String {
            let text = section.isEmpty ? name : "\(section)_\(name)"
            return "GF_" + String(text.uppercased().map { $0 == "." || $0 == "-" ? "_" : $0 })
        }
    }

    struct Wanted: Error {
        let text: String
    }

    private static func text(
        _ section: String, _ name: String,
        _ path: any WritableKeyPath<DashboardSettings, String> & Sendable
    ) -> Key {
        Key(section: section, name: name) { settings, value throws(Wanted) in
            settings[keyPath: path] = value
        }
    }

    private static func flag(
        _ section: String, _ name: String,
        _ path: any WritableKeyPath<DashboardSettings, Bool> & Sendable
    ) -> Key {
        Key(section: section, name: name) { settings, value throws(Wanted) in
            settings[keyPath: path] = try bool(value)
        }
    }

    private static func whole(
        _ section: String, _ name: String, _ range: ClosedRange<Int>,
        _ path: any WritableKeyPath<DashboardSettings, Int> & Sendable
    ) -> Key {
        Key(section: section, name: name) { settings, value throws(Wanted) in
            guard let number = Int(value), range.contains(number) else {
                throw Wanted(text: "a number from \(range.lowerBound) to \(range.upperBound)")
            }
            settings[keyPath: path] = number
        }
    }

    private static func duration(
        _ section: String, _ name: String,
        _ path: any WritableKeyPath<DashboardSettings, Int64> & Sendable
    ) -> Key {
        Key(section: section, name: name) { settings, value throws(Wanted) in
            guard let nanoseconds = IntervalText.nanoseconds(value), nanoseconds > 0 else {
                throw Wanted(text: "a duration such as 7d or 12h")
            }
            settings[keyPath: path] = nanoseconds / 1_000_000
        }
    }

    private static func bool(_ value: String) throws(Wanted) -> Bool {
        switch value.lowercased() {
        case "true", "1", "yes", "on", "t", "y": true
        case "false", "0", "no", "off", "f", "n": false
        default: throw Wanted(text: "true or false")
        }
    }

    private static func role(_ value: String) throws(Wanted) -> Role {
        guard let role = Role.allCases.first(where: { $0.rawValue.lowercased() == value.lowercased() })
        else { throw Wanted(text: "Viewer, Editor, Admin or None") }
        return role
    }

    /// The keys that have an effect.
    static let keys: [Key] = [
        text("server", "http_addr", \.httpAddress),
        whole("server", "http_port", 0...65_535, \.httpPort),
        text("server", "domain", \.domain),
        Key(section: "server", name: "protocol") { settings, value throws(Wanted) in
            guard value == "http" || value == "https" else { throw Wanted(text: "http or https") }
            settings.usesTLS = value == "https"
        },
        text("server", "cert_file", \.certificateFile),
        text("server", "cert_key", \.keyFile),
        flag("server", "serve_from_sub_path", \.servesFromSubPath),
        text("paths", "data", \.dataPath),
        text("paths", "provisioning", \.provisioningPath),
        text("security", "admin_user", \.adminUser),
        Key(section: "security", name: "admin_password") { settings, value throws(Wanted) in
            settings.adminPassword = value
        },
        flag("security", "cookie_secure", \.cookieSecure),
        Key(section: "security", name: "cookie_samesite") { settings, value throws(Wanted) in
            let value = value.lowercased()
            guard ["lax", "strict", "none", "disabled"].contains(value) else {
                throw Wanted(text: "lax, strict, none or disabled")
            }
            settings.cookieSameSite = value
        },
        flag("security", "allow_embedding", \.allowEmbedding),
        Key(section: "security", name: "csrf_trusted_origins") { settings, value throws(Wanted) in
            settings.trustedOrigins = value.split { $0 == " " || $0 == "," }.map(String.init)
        },
        flag("users", "allow_sign_up", \.allowSignUp),
        Key(section: "users", name: "auto_assign_org_role") { settings, value throws(Wanted) in
            settings.autoAssignRole = try role(value)
        },
        Key(section: "users", name: "default_theme") { settings, value throws(Wanted) in
            guard ["dark", "light", "system"].contains(value) else {
                throw Wanted(text: "dark, light or system")
            }
            settings.defaultTheme = value
        },
        text("users", "home_page", \.homePage),
        text("auth", "login_cookie_name", \.cookieName),
        flag("auth", "disable_login_form", \.disableLoginForm),
        duration("auth", "login_maximum_inactive_lifetime_duration", \.login.idleMax),
        duration("auth", "login_maximum_lifetime_duration", \.login.lifetimeMax),
        Key(section: "auth", name: "token_rotation_interval_minutes") { settings, value throws(Wanted) in
            guard let minutes = Int64(value), (2...10_000).contains(minutes) else {
                throw Wanted(text: "minutes from 2 to 10000")
            }
            settings.login.rotationInterval = minutes * 60_000
        },
        Key(section: "auth.anonymous", name: "enabled") { settings, value throws(Wanted) in
            settings.anonymousRole = try bool(value) ? settings.anonymousRole ?? .viewer : nil
        },
        flag("auth.anonymous", "hide_version", \.hidesVersion),
        flag("auth.basic", "enabled", \.allowsBasicAuth),
        whole("dashboards", "versions_to_keep", 1...10_000, \.versionsToKeep),
        Key(section: "dashboards", name: "min_refresh_interval") { settings, value throws(Wanted) in
            guard IntervalText.nanoseconds(value) != nil else { throw Wanted(text: "a duration such as 5s") }
            settings.minRefreshInterval = value
        },
        text("dashboards", "default_home_dashboard_path", \.homeDashboardPath),
        whole("dataproxy", "timeout", 1...3600, \.proxyTimeout),
        flag("unified_alerting", "enabled", \.alerting.isEnabled),
        flag("unified_alerting", "execute_alerts", \.alerting.executes),
        duration("unified_alerting", "min_interval", \.alerting.intervalMin),
        duration("unified_alerting", "evaluation_timeout", \.alerting.evaluationTimeout),
        flag("smtp", "enabled", \.mail.isEnabled),
        Key(section: "smtp", name: "host") { settings, value throws(Wanted) in
            if value.isEmpty { return }
            guard let place = MailSettings.place(value) else {
                throw Wanted(text: "a name and a port such as mail.example.org:587")
            }
            (settings.mail.host, settings.mail.port) = place
        },
        text("smtp", "user", \.mail.user),
        text("smtp", "password", \.mail.password),
        flag("smtp", "skip_verify", \.mail.skipsVerification),
        text("smtp", "from_address", \.mail.fromAddress),
        text("smtp", "from_name", \.mail.fromName),
        text("smtp", "ehlo_identity", \.mail.identity),
        Key(section: "smtp", name: "startTLS_policy") { settings, value throws(Wanted) in
            if value.isEmpty { return }
            guard ["OpportunisticStartTLS", "MandatoryStartTLS", "NoStartTLS"].contains(value) else {
                throw Wanted(text: "OpportunisticStartTLS, MandatoryStartTLS or NoStartTLS")
            }
            settings.mail.encryption = value
        },
        flag("metrics", "enabled", \.servesMetrics),
    ]

    /// Keys that need another key's value first; applied last.
    static let lateKeys: [Key] = [
        Key(section: "auth.anonymous", name: "org_role") { settings, value throws(Wanted) in
            let role = try role(value)
            if settings.anonymousRole != nil { settings.anonymousRole = role }
        },
        Key(section: "server", name: "root_url") { settings, value throws(Wanted) in
            let text = value.replacing("%(protocol)s", with: settings.usesTLS ? "https" : "http")
                .replacing("%(domain)s", with: settings.domain)
                .replacing("%(http_port)s", with: String(settings.httpPort))
            let base = text.hasSuffix("/") || text.isEmpty ? text : text + "/"
            guard base.isEmpty || HTTPURL.isValid(base) else {
                throw Wanted(text: "an address such as https://dashboards.example.org/")
            }
            settings.rootURL = base
        },
    ]

    /// Keys of the original that need nothing here, so that they deserve no warning.
    static let silentKeys: Set<String> = [
        "analytics.reporting_enabled", "analytics.check_for_updates",
        "analytics.check_for_plugin_updates", "auth.anonymous.org_name",
        "server.enable_gzip", "paths.logs", "paths.plugins", "paths.config", "paths.home",
        "log.mode", "log.level", "security.secret_key", "security.disable_gravatar",
        "security.content_security_policy", "security.x_content_type_options",
        "security.x_xss_protection", "news.news_feed_enabled",
        "database.path", "database.wal", "app_mode", "instance_name",
    ]

    /// Keys that deserve no warning while they ask for what is done anyway.
    static let quietValues: [String: String] = [
        "database.type": "sqlite3", "users.viewers_can_edit": "false", "users.editors_can_admin": "false",
        "users.allow_org_create": "false", "users.auto_assign_org": "true",
        "auth.disable_signout_menu": "false", "alerting.enabled": "false",
        "panels.disable_sanitize_html": "false",
    ]
}

import Dashboards
import Testing

@Suite struct SettingsTests {
    @Test func theEnvironmentWinsOverTheFile() throws {
        let ini = """
            ; comment
            [server]
            http_port = 3001
            root_url = https://example.org/grafana
            [auth.anonymous]
            org_role = Editor
            enabled = true
            [security]
            admin_password = "$__env{SECRET}"
            [rendering]
            server_url = x
            """
        let (settings, warnings) = try DashboardSettings.load(
            ini: ini,
            environment: [
                "GF_SERVER_HTTP_PORT": "3002", "SECRET": "s", "GF_RENDERING_CALLBACK_URL": "x",
                "GF_LOG_LEVEL": "debug",
                "PATH": "/bin",
            ])
        #expect(settings.httpPort == 3002)
        #expect(settings.rootURL == "https://example.org/grafana/")
        #expect(settings.anonymousRole == .editor)
        #expect(settings.adminPassword == "s")
        #expect(
            warnings == [
                "grafana.ini line 11: rendering.server_url is not known and has no effect",
                "GF_RENDERING_CALLBACK_URL is not known and has no effect",
            ])
    }

    @Test func readsTheMailServer() throws {
        let ini = """
            [smtp]
            enabled = true
            host = mail.example.org:587
            user = u
            password = \"\"\"p#;\"\"\"
            startTLS_policy = MandatoryStartTLS
            """
        let mail = try DashboardSettings.load(
            ini: ini, environment: ["GF_SMTP_FROM_ADDRESS": "a@b", "GF_SMTP_STARTTLS_POLICY": "NoStartTLS"]
        ).settings.mail
        #expect(mail.isEnabled && mail.host == "mail.example.org" && mail.port == 587)
        #expect(mail.user == "u" && mail.password == "p#;" && mail.fromAddress == "a@b")
        #expect(mail.encryption == "NoStartTLS")
        for (text, host, port) in [("x", "x", 25), ("[::1]:465", "::1", 465), ("", "localhost", 25)] {
            let mail = try DashboardSettings.load(ini: "[smtp]\nhost = " + text, environment: [:]).settings
                .mail
            #expect(mail.host == host && mail.port == port, "\(text)")
        }
        for text in ["x:0", "x:y", ":25", "a b:25"] {
            #expect(throws: DashboardsError.self, "\(text)") {
                try DashboardSettings.load(ini: "[smtp]\nhost = " + text, environment: [:])
            }
        }
    }

    @Test func argumentsWinOverAll() throws {
        let (settings, warnings) = try DashboardSettings.load(
            ini: "[server]\nhttp_port = 3001\n[users]\ndefault_theme = light",
            environment: ["GF_SERVER_HTTP_PORT": "3002"],
            arguments: [
                "cfg:server.http_port=3003", "cfg:default.users.default_theme=dark",
                "cfg:default.users.home_page=/x=y", "cfg:default.log.mode=console", "cfg:no.such=1",
            ])
        #expect(settings.httpPort == 3003 && settings.defaultTheme == "light" && settings.homePage == "/x=y")
        #expect(warnings == ["cfg:no.such is not known and has no effect"])
        for text in ["server.http_port=1", "cfg:x", "cfg:server.http_port=x"] {
            #expect(throws: DashboardsError.self, "\(text)") {
                try DashboardSettings.load(environment: [:], arguments: [text])
            }
        }
    }

    @Test(arguments: [
        ("https://example.org/grafana", "https://example.org/grafana/", "/grafana"),
        ("%(protocol)s://%(domain)s:%(http_port)s/a/b/", "https://lab.example:3001/a/b/", "/a/b"),
        ("http://example.org", "http://example.org/", ""),
    ])
    func theRootAddressMayBeBelowAPath(value: String, address: String, path: String) throws {
        let (settings, warnings) = try DashboardSettings.load(
            environment: [
                "GF_SERVER_ROOT_URL": value, "GF_SERVER_DOMAIN": "lab.example", "GF_SERVER_HTTP_PORT": "3001",
                "GF_SERVER_PROTOCOL": "https", "GF_SERVER_CERT_FILE": "c", "GF_SERVER_CERT_KEY": "k",
                "GF_SERVER_SERVE_FROM_SUB_PATH": "true",
            ])
        #expect(warnings.isEmpty && settings.rootURL == address && settings.basePath == path)
        #expect(settings.servesFromSubPath)
        #expect(settings.address("/d/x") == path + "/d/x")
        #expect(settings.address(path + "/d/x") == path + "/d/x")
    }

    @Test func namesTheKeyOfABadValue() {
        let error = #expect(throws: DashboardsError.self) {
            try DashboardSettings.load(environment: ["GF_SERVER_HTTP_PORT": "99999"])
        }
        #expect(
            error?.message
                == "cannot use GF_SERVER_HTTP_PORT (server.http_port): got \"99999\", want a number from 0 to 65535"
        )
    }

    @Test func anonymousVisitorsAreOffByDefault() throws {
        #expect(
            try DashboardSettings.load(environment: ["GF_AUTH_ANONYMOUS_ORG_ROLE": "Admin"]).settings
                .anonymousRole == nil)
    }

    @Test func takesNoProtocolThatItDoesNotSpeak() throws {
        #expect(throws: DashboardsError.self) {
            try DashboardSettings.load(environment: ["GF_SERVER_PROTOCOL": "socket"])
        }
        let error = #expect(throws: DashboardsError.self) {
            try DashboardSettings.load(environment: ["GF_SERVER_PROTOCOL": "https"])
        }
        #expect(error?.message.contains("GF_SERVER_CERT_FILE") == true)
        let settings = try DashboardSettings.load(
            environment: [
                "GF_SERVER_PROTOCOL": "https", "GF_SERVER_CERT_FILE": "/c", "GF_SERVER_CERT_KEY": "/k",
            ]).settings
        #expect(settings.usesTLS && settings.certificateFile == "/c" && settings.keyFile == "/k")
    }

    @Test func warnsWhereItDoesOtherwise() throws {
        let quiet = try DashboardSettings.load(
            ini: "[users]\nviewers_can_edit = false\n",
            environment: ["GF_DATABASE_TYPE": "sqlite3"])
        #expect(quiet.warnings.isEmpty)
        let loud = try DashboardSettings.load(
            ini: "[users]\nviewers_can_edit = true\n",
            environment: ["GF_DATABASE_TYPE": "mysql"])
        #expect(
            loud.warnings == [
                "grafana.ini line 2: users.viewers_can_edit = true has no effect",
                "GF_DATABASE_TYPE = mysql has no effect",
            ])
    }
}

import Dashboards
import Hummingbird
import JSON
import WebServer

extension DashboardServer {
    @Sendable func frontendSettings(_ call: Call) async throws -> Response {
        let sources = try await store.dataSources()
        var byName = JSONObject()
        for source in sources {
            var settings = source.settings
            settings["directUrl"] = nil
            byName[source.name] = [
                "id": .number(Int(source.id)), "uid": .string(source.uid), "type": .string(source.type),
                "name": .string(source.name), "url": .string("/api/datasources/proxy/uid/\(source.uid)"),
                "meta": .object(DashboardServer.pluginMeta(source.type)), "access": "proxy",
                "isDefault": .bool(source.isDefault), "readOnly": .bool(source.isReadOnly),
                "jsonData": .object(settings), "builtIn": .bool(source.isBuiltIn),
            ]
        }
        let user = call.caller?.user
        let theme = try await preferences(of: user).text("theme").flatMap { $0.isEmpty ? nil : $0 }
        let body: JSONObject = [
            "buildInfo": [
                "version": .string(
                    settings.hidesVersion && call.caller?.isAnonymous == true
                        ? "" : DashboardServer.apiVersion),
                "commit": .string(options.commit), "buildstamp": 0, "edition": "Open Source",
                "env": "production", "martlet": .string(options.version),
            ],
            "defaultDatasource": .string((sources.first { $0.isDefault } ?? sources.first)?.name ?? ""),
            "datasources": .object(byName),
            "minRefreshInterval": .string(settings.minRefreshInterval),
            "panels": [:], "featureToggles": [:], "appUrl": .string(settings.rootURL),
            "appSubUrl": .string(settings.basePath),
            "anonymousEnabled": .bool(settings.anonymousRole != nil),
            "disableLoginForm": .bool(settings.disableLoginForm),
            "disableUserSignUp": .bool(!settings.allowSignUp), "authProxyEnabled": false,
            "bootData": [
                "user": .object(DashboardServer.bootUser(call.caller, theme: theme ?? settings.defaultTheme))
            ],
        ]
        return .json(.object(body))
    }

    private static func bootUser(_ caller: Caller?, theme: String) -> JSONObject {
        [
            "isSignedIn": .bool(caller.map { !$0.isAnonymous } ?? false),
            "id": .number(Int(caller?.user.id ?? 0)), "login": .string(caller?.user.login ?? ""),
            "name": .string(caller?.user.name ?? ""), "email": .string(caller?.user.email ?? ""),
            "theme": .string(theme), "orgRole": .string(caller?.role.rawValue ?? ""),
            "orgId": 1, "orgName": .string(organisationName),
            "isGrafanaAdmin": .bool(caller?.user.isServerAdmin ?? false),
        ]
    }

    static func pluginMeta(_ type: String) -> JSONObject {
        [
            "id": .string(type), "name": type == "prometheus" ? "Prometheus" : .string(type),
            "type": "datasource", "metrics": true, "annotations": true, "alerting": true,
        ]
    }
}

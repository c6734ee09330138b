import Dashboards
import Hummingbird
import JSON
import WebServer

// There are no permissions by folder or dashboard: roles count everywhere. These routes say so.
extension DashboardServer {
    /// Role, the original's number for what it may do, its name.
    private static let inForce: [(role: Role, number: Int, name: String)] = [
        (.viewer, 1, "View"), (.editor, 2, "Edit"),
    ]

    @Sendable func permissions(_ call: Call) async throws -> Response {
        .json(
            .array(
                DashboardServer.inForce.map {
                    [
                        "role": .string($0.role.rawValue), "permission": .number($0.number),
                        "permissionName": .string($0.name),
                    ]
                }))
    }

    /// Takes what is in force anyway and refuses the rest, so that nobody believes a folder closed that
    /// is open.
    @Sendable func setPermissions(_ call: Call) async throws -> Response {
        let items = try await call.json().list("items").compactMap(\.object)
        let wanted = DashboardServer.inForce
        let isSame =
            items.count == wanted.count
            && wanted.allSatisfy { one in
                items.contains {
                    $0.text("role") == one.role.rawValue && $0.whole("permission") == one.number
                }
            }
        guard isSame else {
            throw APIError(
                .badRequest,
                "permissions of a folder or dashboard cannot be set: Viewers view and Editors edit everywhere"
            )
        }
        return .message("Permissions updated")
    }

    /// What the access control interface of later versions tells about a folder, dashboard or data source.
    @Sendable func resourcePermissions(_ call: Call) async throws -> Response {
        .json(
            .array(
                DashboardServer.inForce.map {
                    [
                        "roleName": .string("basic:" + $0.role.rawValue.lowercased()),
                        "builtInRole": .string($0.role.rawValue),
                        "permission": .string($0.name), "isManaged": false, "isInherited": true,
                        "actions": [],
                    ]
                }))
    }

    @Sendable func ownPermissions(_ call: Call) async throws -> Response {
        let role = try call.user.role
        var result: JSONObject = [:]
        let all: [(Role, [String])] = [
            (.viewer, ["dashboards:read", "folders:read", "datasources:query", "annotations:read"]),
            (
                .editor,
                [
                    "dashboards:write", "dashboards:create", "folders:write", "folders:create",
                    "datasources:explore", "annotations:write",
                ]
            ),
            (
                .admin,
                [
                    "datasources:read", "datasources:write", "datasources:create", "org.users:read",
                    "org.users:write", "serviceaccounts:write",
                ]
            ),
        ]
        for (least, actions) in all where role >= least {
            for action in actions { result[action] = ["*"] }
        }
        return .json(.object(result))
    }
}

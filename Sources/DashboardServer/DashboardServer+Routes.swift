import Hummingbird
import WebServer

extension DashboardServer {
    /// Every route with the role that it needs; what is not here is 404.
    var routes: [Route] {
        [
            Route(.get, "/healthz", .open, healthz),
            Route(.get, "/robots.txt", .open, robots),
            Route(.get, "/api/health", .open, health),
            Route(.post, "/login", .open, logIn),
            Route(.get, "/logout", .open, logOut),
            Route(.get, "/api/login/ping", .user, ping),
            Route(.post, "/api/user/auth-tokens/rotate", .user, ping),
            Route(.get, "/api/frontend/settings", .viewer, frontendSettings),

            Route(.get, "/api/user", .user, currentUser),
            Route(.put, "/api/user", .user, updateCurrentUser),
            Route(.put, "/api/user/password", .user, changePassword),
            Route(.get, "/api/user/orgs", .user, ownOrganisations),
            Route(.get, "/api/user/teams", .user, emptyList),
            Route(.post, "/api/user/using/{id}", .user, useOrganisation),
            Route(.get, "/api/user/auth-tokens", .user, ownSessions),
            Route(.post, "/api/user/revoke-auth-token", .user, revokeSession),
            Route(.get, "/api/org", .viewer, organisation),
            Route(.get, "/api/org/users", .admin, organisationUsers),

            Route(.get, "/api/datasources", .viewer, listDataSources),
            Route(.post, "/api/datasources", .admin, addDataSource),
            Route(.get, "/api/datasources/{id}", .admin, dataSourceByID),
            Route(.put, "/api/datasources/{id}", .admin, updateDataSourceByID),
            Route(.delete, "/api/datasources/{id}", .admin, deleteDataSourceByID),
            Route(.get, "/api/datasources/uid/{uid}", .admin, dataSourceByUID),
            Route(.put, "/api/datasources/uid/{uid}", .admin, updateDataSourceByUID),
            Route(.delete, "/api/datasources/uid/{uid}", .admin, deleteDataSourceByUID),
            Route(.get, "/api/datasources/name/{name}", .admin, dataSourceByName),
            Route(.delete, "/api/datasources/name/{name}", .admin, deleteDataSourceByName),
            Route(.get, "/api/datasources/id/{name}", .viewer, dataSourceID),
            Route(.get, "/api/datasources/uid/{uid}/health", .viewer, dataSourceHealth),
            Route(.get, "/api/datasources/proxy/uid/{uid}/**", .viewer, proxyByUID),
            Route(.post, "/api/datasources/proxy/uid/{uid}/**", .viewer, proxyByUID),
            Route(.get, "/api/datasources/proxy/{id}/**", .viewer, proxyByID),
            Route(.post, "/api/datasources/proxy/{id}/**", .viewer, proxyByID),
            Route(.get, "/api/datasources/uid/{uid}/resources/**", .viewer, proxyByUID),
            Route(.post, "/api/datasources/uid/{uid}/resources/**", .viewer, proxyByUID),
            Route(.post, "/api/ds/query", .viewer, queryDataSources),
        ] + pageRoutes
    }
}

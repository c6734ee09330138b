import GRDB

extension DashboardStore {
    /// The tables, step by step; a step that has been released is never changed.
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 accounts, data sources, dashboards") { database in
            for statement in firstTables { try database.execute(sql: statement) }
        }
        migrator.registerMigration("2 tokens, annotations, documents") { database in
            for statement in secondTables { try database.execute(sql: statement) }
        }
        migrator.registerMigration("3 lists read an index, not the documents") { database in
            try database.execute(
                sql: "CREATE INDEX dashboard_list ON dashboard (title COLLATE NOCASE, uid, slug, folder, "
                    + "tags, version, provisioned, created, updated, created_by, updated_by)")
        }
        migrator.registerMigration("4 teams and permissions") { database in
            for statement in permissionTables { try database.execute(sql: statement) }
        }
        registerAlerting(in: &migrator)
        return migrator
    }

    /// A list belongs to one folder or dashboard and goes with it; its entries go with their user or team,
    /// and then leave the list as closed as it was.
    private static let permissionTables = [
        """
        CREATE TABLE team (
            id INTEGER PRIMARY KEY AUTOINCREMENT, uid TEXT NOT NULL UNIQUE,
            name TEXT NOT NULL COLLATE NOCASE UNIQUE, email TEXT NOT NULL, created INTEGER NOT NULL,
            updated INTEGER NOT NULL) STRICT
        """,
        """
        CREATE TABLE team_member (
            team_id INTEGER NOT NULL REFERENCES team (id) ON DELETE CASCADE,
            user_id INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
            admin INTEGER NOT NULL, PRIMARY KEY (team_id, user_id)) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX team_member_user ON team_member (user_id)",
        """
        CREATE TABLE permission_list (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            folder_id INTEGER UNIQUE REFERENCES folder (id) ON DELETE CASCADE,
            dashboard_id INTEGER UNIQUE REFERENCES dashboard (id) ON DELETE CASCADE,
            replaces INTEGER NOT NULL,
            CHECK ((folder_id IS NULL) <> (dashboard_id IS NULL))) STRICT
        """,
        """
        CREATE TABLE permission (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            list_id INTEGER NOT NULL REFERENCES permission_list (id) ON DELETE CASCADE,
            role TEXT, team_id INTEGER REFERENCES team (id) ON DELETE CASCADE,
            user_id INTEGER REFERENCES user (id) ON DELETE CASCADE,
            level INTEGER NOT NULL CHECK (level IN (1, 2, 4)), created INTEGER NOT NULL,
            updated INTEGER NOT NULL,
            CHECK ((role IS NOT NULL) + (team_id IS NOT NULL) + (user_id IS NOT NULL) = 1)) STRICT
        """,
        "CREATE INDEX permission_of_list ON permission (list_id)",
        "CREATE INDEX permission_of_team ON permission (team_id) WHERE team_id IS NOT NULL",
        "CREATE INDEX permission_of_user ON permission (user_id) WHERE user_id IS NOT NULL",
    ]

    private static let secondTables = [
        """
        CREATE TABLE token (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            user_id INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
            name TEXT NOT NULL, hash TEXT NOT NULL UNIQUE, created INTEGER NOT NULL,
            expires INTEGER NOT NULL, last_used INTEGER NOT NULL DEFAULT 0,
            UNIQUE (user_id, name)) STRICT
        """,
        """
        CREATE TABLE annotation (
            id INTEGER PRIMARY KEY AUTOINCREMENT, dashboard TEXT NOT NULL, panel INTEGER NOT NULL,
            time INTEGER NOT NULL, time_end INTEGER NOT NULL, text TEXT NOT NULL, tags TEXT NOT NULL,
            login TEXT NOT NULL, created INTEGER NOT NULL, updated INTEGER NOT NULL) STRICT
        """,
        "CREATE INDEX annotation_time ON annotation (time)",
        """
        CREATE TABLE document (
            id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, uid TEXT NOT NULL,
            name TEXT NOT NULL, owner TEXT NOT NULL, version INTEGER NOT NULL, created INTEGER NOT NULL,
            updated INTEGER NOT NULL, json TEXT NOT NULL, UNIQUE (kind, uid)) STRICT
        """,
        "CREATE INDEX document_owner ON document (kind, owner)",
    ]

    /// Times are milliseconds since 1970. Large documents stand last in their rows, so that lists do
    /// not read them.
    private static let firstTables = [
        "CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
        """
        CREATE TABLE user (
            id INTEGER PRIMARY KEY AUTOINCREMENT, uid TEXT NOT NULL UNIQUE,
            login TEXT NOT NULL COLLATE NOCASE UNIQUE, email TEXT NOT NULL DEFAULT '' COLLATE NOCASE,
            name TEXT NOT NULL DEFAULT '', password TEXT, role TEXT NOT NULL,
            server_admin INTEGER NOT NULL DEFAULT 0, disabled INTEGER NOT NULL DEFAULT 0,
            service_account INTEGER NOT NULL DEFAULT 0, created INTEGER NOT NULL,
            updated INTEGER NOT NULL, last_seen INTEGER NOT NULL DEFAULT 0) STRICT
        """,
        """
        CREATE TABLE session (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            user_id INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
            token TEXT NOT NULL UNIQUE, previous TEXT, seen INTEGER NOT NULL DEFAULT 0,
            created INTEGER NOT NULL, rotated INTEGER NOT NULL, last_seen INTEGER NOT NULL,
            address TEXT NOT NULL DEFAULT '', agent TEXT NOT NULL DEFAULT '') STRICT
        """,
        "CREATE INDEX session_previous ON session (previous)",
        "CREATE INDEX session_user ON session (user_id)",
        """
        CREATE TABLE login_attempt (
            login TEXT NOT NULL, address TEXT NOT NULL, at INTEGER NOT NULL) STRICT
        """,
        "CREATE INDEX login_attempt_address ON login_attempt (address, at)",
        """
        CREATE TABLE data_source (
            id INTEGER PRIMARY KEY AUTOINCREMENT, uid TEXT NOT NULL UNIQUE, name TEXT NOT NULL UNIQUE,
            type TEXT NOT NULL, access TEXT NOT NULL, url TEXT NOT NULL, user TEXT NOT NULL,
            database TEXT NOT NULL, basic_auth INTEGER NOT NULL, basic_auth_user TEXT NOT NULL,
            with_credentials INTEGER NOT NULL, is_default INTEGER NOT NULL,
            read_only INTEGER NOT NULL, version INTEGER NOT NULL, created INTEGER NOT NULL,
            updated INTEGER NOT NULL, json TEXT NOT NULL, secrets TEXT NOT NULL) STRICT
        """,
        """
        CREATE TABLE folder (
            id INTEGER PRIMARY KEY AUTOINCREMENT, uid TEXT NOT NULL UNIQUE, title TEXT NOT NULL,
            parent TEXT NOT NULL DEFAULT '', version INTEGER NOT NULL, created INTEGER NOT NULL,
            updated INTEGER NOT NULL, created_by TEXT NOT NULL, updated_by TEXT NOT NULL) STRICT
        """,
        """
        CREATE TABLE dashboard (
            id INTEGER PRIMARY KEY AUTOINCREMENT, uid TEXT NOT NULL UNIQUE, title TEXT NOT NULL,
            slug TEXT NOT NULL, folder TEXT NOT NULL, tags TEXT NOT NULL, version INTEGER NOT NULL,
            provisioned TEXT, checksum TEXT NOT NULL DEFAULT '', created INTEGER NOT NULL,
            updated INTEGER NOT NULL, created_by TEXT NOT NULL, updated_by TEXT NOT NULL,
            json TEXT NOT NULL) STRICT
        """,
        "CREATE INDEX dashboard_folder ON dashboard (folder, title)",
        """
        CREATE TABLE dashboard_tag (
            term TEXT NOT NULL,
            dashboard_id INTEGER NOT NULL REFERENCES dashboard (id) ON DELETE CASCADE,
            PRIMARY KEY (term, dashboard_id)) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX dashboard_tag_owner ON dashboard_tag (dashboard_id)",
        """
        CREATE TABLE dashboard_version (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            dashboard_id INTEGER NOT NULL REFERENCES dashboard (id) ON DELETE CASCADE,
            version INTEGER NOT NULL, parent INTEGER NOT NULL, restored_from INTEGER NOT NULL,
            created INTEGER NOT NULL, created_by TEXT NOT NULL, message TEXT NOT NULL,
            json TEXT NOT NULL, UNIQUE (dashboard_id, version)) STRICT
        """,
        """
        CREATE TABLE star (
            user_id INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
            dashboard_uid TEXT NOT NULL, PRIMARY KEY (user_id, dashboard_uid)) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE preference (
            owner TEXT PRIMARY KEY, json TEXT NOT NULL) STRICT, WITHOUT ROWID
        """,
    ]
}

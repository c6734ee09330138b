import ArgumentParser
import Dashboards

/// `martlet tool grafana reset-admin-password`
struct GrafanaPassword: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reset-admin-password", abstract: "Set the administrator's password anew.",
        discussion: """
            For whoever is locked out. Where others can see the commands of this machine, give the password with \
            --password-from-stdin. Sessions of the administrator end.
            """)

    @Option(
        name: .customLong("data-path"),
        help: "The dashboards' data folder; paths.data of the settings if absent.")
    var dataPath: String?

    @Option(name: .customLong("config"), help: "Path of a grafana.ini; GF_PATHS_CONFIG if absent.")
    var config: String?

    @Option(
        name: .customLong("login"), help: "Whose password; security.admin_user of the settings if absent.")
    var login: String?

    @Flag(name: .customLong("password-from-stdin"), help: "Read the password from the standard input.")
    var readsStandardInput = false

    @Argument(help: "The new password.")
    var password: String?

    func validate() throws {
        guard (password == nil) == readsStandardInput else {
            throw ValidationError("give a password, or --password-from-stdin")
        }
    }

    func run() async throws {
        let settings = try DashboardsSetup.load(config: config).settings
        let folder = dataPath ?? settings.dataPath
        let password = password ?? readLine(strippingNewline: true) ?? ""
        try Accounts.checkStrength(password)
        let place = GrafanaDatabase.place(inDataFolder: folder)
        guard !place.isNew else {
            throw ProgramError(.settings, "there is no database of dashboards in \(folder)")
        }
        let store = try DashboardStore(path: place.path)
        let login = login ?? settings.adminUser
        guard let user = try await store.user(loginOrEmail: login) else {
            throw ProgramError(.settings, "there is nobody with the login \(login)")
        }
        try await store.setPassword(PasswordHash().make(password), userID: user.id)
        StandardOutput.write("Admin password changed successfully\n")
    }
}

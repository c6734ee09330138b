import Dashboards

/// Who may call a route.
enum Access: String, Sendable, CaseIterable {
    /// Everybody, without a look at who it is.
    case open
    /// Whoever is known, anonymous visitors included when they are allowed.
    case viewer
    /// A person or a service account, not an anonymous visitor.
    case user
    /// Whoever is known; the folder, dashboard or team that the request names decides, in the handler.
    case permitted
    case editor
    case admin
    case serverAdmin

    /// - Parameter caller: nil for somebody unknown.
    func admits(_ caller: Caller?) -> Bool {
        guard self != .open else { return true }
        guard let caller else { return false }
        return switch self {
        case .open: true
        case .viewer, .permitted: caller.role >= .viewer
        case .user: !caller.isAnonymous
        case .editor: caller.role >= .editor
        case .admin: caller.role >= .admin
        case .serverAdmin: caller.user.isServerAdmin
        }
    }
}

import Hummingbird
import ServiceLifecycle
import WebServer

/// A role that is to start: where it listens, and how it is made once the addresses are known to be free.
struct RolePlan {
    /// For instance "server"; named in errors.
    let name: String
    let addresses: [ListenAddress]
    let make: () async throws -> Role
}

/// A role that is ready to start: what it serves, and what works behind it.
struct Role {
    let router: Router<WebContext>
    /// Started before the addresses are opened, in this order; stopped after they are closed, in reverse.
    var services: [any Service] = []
    var listener = WebListenerOptions()
}

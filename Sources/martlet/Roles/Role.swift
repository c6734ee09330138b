import Hummingbird
import ServiceLifecycle
import WebServer

/// A part of the program that is ready to start: what it serves, and what works behind it.
struct Role {
    /// For instance "server"; named in errors.
    let name: String
    let address: ListenAddress
    let router: Router<WebContext>
    /// Started before the address is opened, in this order; stopped after it is closed, in reverse.
    var services: [any Service] = []
}

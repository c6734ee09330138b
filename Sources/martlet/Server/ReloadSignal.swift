import ServiceLifecycle
import UnixSignals

/// Reads the configuration again at every SIGHUP.
struct ReloadSignal: Service, CustomStringConvertible {
    var description: String { "ReloadSignal" }

    let state: ServerState

    func run() async throws {
        let signals = await UnixSignalsSequence(trapping: .sighup)
        for await _ in signals.cancelOnGracefulShutdown() {
            // What is wrong has been logged; the old configuration goes on.
            try? await state.reload()
        }
    }
}

import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle
import WebServer

/// `/notifications/live`: changes as server-sent events, for as long as the client listens.
enum LiveNotifications {
    static func response(_ services: QueryServices, _ context: WebContext) -> Response {
        guard let (changes, end) = services.notificationBoard.subscribe() else {
            return Response(status: .noContent)
        }
        let body = ResponseBody { writer in
            let watch = Task {
                // Ends when the client leaves.
                try? await context.whileClientWaits { try await Task.sleep(for: .seconds(30 * 86_400)) }
                end()
            }
            defer {
                watch.cancel()
                end()
            }
            // A comment, so that the client sees that it is connected.
            try await writer.write(ByteBuffer(string: ":\n\n"))
            for await notification in changes.cancelOnGracefulShutdown() {
                var json = AnswerWriter(capacity: 256)
                json.raw("data: ")
                json.write(notification)
                json.raw("\n\n")
                try await writer.write(json.buffer)
            }
            try await writer.finish(nil)
        }
        return Response(
            status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-cache"], body: body)
    }
}

extension AnswerWriter {
    mutating func write(_ notification: Notification) {
        object { json in
            json.member("text")
            json.string(notification.text)
            json.member("date")
            json.time(notification.date)
            json.member("active")
            json.bool(notification.isActive)
        }
    }
}

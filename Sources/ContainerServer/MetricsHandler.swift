import ContainerStats
import Exposition
import HTTPTypes
import Hummingbird
import Instruments
import Logging
import NIOCore
import Platform

/// Answers `GET /metrics` in the text format 0.0.4, which is what cAdvisor speaks.
struct MetricsHandler: Sendable {
    private let monitor: ContainerMonitor
    private let options: ContainerServerOptions
    private let registry: Registry
    private let logger: Logger
    private let duration: Histogram

    init(
        monitor: ContainerMonitor, options: ContainerServerOptions, registry: Registry, logger: Logger
    ) throws(InstrumentError) {
        self.monitor = monitor
        self.options = options
        self.registry = registry
        self.logger = logger
        duration = try registry.histogram(
            "martlet_containers_collect_duration_seconds",
            help: "Seconds from the question for container metrics to their text.",
            buckets: [0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1])
    }

    /// - Throws: `ContainerServerError` for arguments that are not understood.
    func metrics(_ request: Request) async throws -> Response {
        let query = try ContainerQuery(request, defaultMaxAge: ContainerMonitor.maxAge)
        let start = MonotonicTime.nanoseconds()
        let containers = try await monitor.exposition(
            as: .text, maxAge: query.maxAge, hasTimestamps: options.hasTimestamps, where: query.isShown)
        duration.observe(Double(MonotonicTime.nanoseconds() - start) / 1e9)
        var writer = ExpositionWriter(format: .text)
        registry.write(to: &writer)
        let parts = [containers, writer.output]
        return Response(
            status: .ok, headers: [.contentType: ExpositionFormat.text.contentType],
            body: ResponseBody(contentLength: parts.reduce(0) { $0 + $1.count }) { writer in
                // The text of a hundred containers is half a megabyte: it is there once, not a second time as a buffer.
                for part in parts {
                    for start in stride(from: 0, to: part.count, by: Self.pieceSize) {
                        let end = min(start + Self.pieceSize, part.count)
                        try await writer.write(ByteBuffer(bytes: part[start..<end]))
                    }
                }
                try await writer.finish(nil)
            })
    }

    /// Bytes.
    private static let pieceSize = 64 << 10
}

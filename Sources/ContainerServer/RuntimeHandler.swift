import ContainerStats
import Hummingbird
import JSON
import WebServer

/// Answers `/runtime/docker` and `/runtime/podman`: the daemon's state and its images, for the page.
struct RuntimeHandler: Sendable {
    let monitor: ContainerMonitor

    func report(of runtime: ContainerIdentity.Runtime) async throws -> Response {
        let report: RuntimeReport
        do {
            report = try await monitor.report(of: runtime)
        } catch let error as ContainerStatsError {
            throw ContainerServerError(.notFound, error.message)
        }
        return .json(RuntimeHandler.form(report).bytes())
    }

    static func form(_ report: RuntimeReport) -> JSONValue {
        [
            "version": .string(report.version), "api_version": .string(report.apiVersion),
            "kernel_version": .string(report.kernelVersion), "os": .string(report.system),
            "hostname": .string(report.host),
            "root_dir": .string(report.rootFolder), "driver": .string(report.driver),
            "driver_status": .array(
                report.driverStatus.map { ["name": .string($0.name), "value": .string($0.value)] }),
            "num_containers": .number(report.containers), "num_running": .number(report.running),
            "num_paused": .number(report.paused), "num_stopped": .number(report.stopped),
            "num_images": .number(report.images.count),
            "images": .array(
                report.images.map { image in
                    [
                        "id": .string(image.id), "repo_tags": .array(image.tags.map { .string($0) }),
                        "size": .counter(image.size), "created": .time(seconds: image.created),
                    ]
                }),
        ]
    }
}

import MetricModel
import PromQLSyntax
import StorageAPI
import WebServer

/// Changes to the database, when they are enabled.
enum AdminHandlers {
    static func deleteSeries(_ call: APICall) throws(APIError) -> APIAnswer {
        let view = try checked(call)
        guard let delete = view.delete else { throw notPossible }
        guard !call.form.all("match[]").isEmpty else { throw APIError(.badData, "no match[] parameter provided") }
        let start = try call.form.time("start", default: FormValues.minTime)
        let end = try call.form.time("end", default: FormValues.maxTime)
        var selectors: [[LabelMatcher]] = []
        for text in call.form.all("match[]") {
            do { selectors.append(try Expression.parseSelector(text)) } catch { throw .parameter("match[]", error.description) }
        }
        for selector in selectors {
            do { try delete(start, end, selector) } catch { throw APIError(.internal, error.message) }
        }
        return .nothing
    }

    static func cleanTombstones(_ call: APICall) throws(APIError) -> APIAnswer {
        guard let clean = try checked(call).cleanTombstones else { throw notPossible }
        do { try clean() } catch { throw APIError(.internal, error.message) }
        return .nothing
    }

    static func snapshot(_ call: APICall) throws(APIError) -> APIAnswer {
        guard let snapshot = try checked(call).snapshot else { throw notPossible }
        let skipsHead: Bool
        switch call.form["skip_head"] ?? "" {
        case "", "0", "f", "F", "false", "False", "FALSE": skipsHead = false
        case "1", "t", "T", "true", "True", "TRUE": skipsHead = true
        case let text:
            throw .parameter(
                "skip_head", "unable to parse boolean: strconv.ParseBool: parsing \(LabelText.quoted(text)): invalid syntax")
        }
        let digits = String(UInt64.random(in: 0...UInt64(Int64.max)), radix: 16)
        let name = SnapshotName.time(call.now) + "-" + String(repeating: "0", count: 16 - digits.utf8.count) + digits
        do { try snapshot(name, skipsHead) } catch { throw APIError(.internal, "create snapshot: \(error.message)") }
        return try call.success { json throws(APIError) in
            json.object { json in
                json.member("name")
                json.string(name)
            }
        }
    }

    private static func checked(_ call: APICall) throws(APIError) -> DatabaseView {
        guard call.services.isAdminEnabled else { throw APIError(.unavailable, "admin APIs disabled") }
        return try StatusHandlers.view(call)
    }

    private static let notPossible = APIError(.unavailable, "the storage cannot do this")
}

/// The first part of a snapshot's name: `20060102T150405Z`.
enum SnapshotName {
    static func time(_ timestamp: Timestamp) -> String {
        let whole = RFC3339.floorDivide(timestamp, 1000) * 1000
        return RFC3339.text(whole).filter { $0 != "-" && $0 != ":" }
    }
}

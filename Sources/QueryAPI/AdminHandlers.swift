import MetricModel
import PromQLSyntax
import StorageAPI
import WebServer

/// Changes to the database, when they are enabled.
enum AdminHandlers {
    static func deleteSeries(_ call: APICall) throws(APIError) -> APIAnswer {
        let view = try checked(call)
        guard let delete = view.delete else { throw notPossible }
        guard !call.form.all("match[]").isEmpty else {
            throw APIError(.badData, "no match[] parameter provided")
        }
        let start = try call.form.time("start", default: FormValues.minTime)
        let end = try call.form.time("end", default: FormValues.maxTime)
        var selectors: [[LabelMatcher]] = []
        for text in call.form.all("match[]") {
            do { selectors.append(try Expression.parseSelector(text)) } catch {
                throw .parameter("match[]", error.description)
            }
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
                "skip_head",
                "unable to parse boolean: strconv.ParseBool: parsing \(LabelText.quoted(text)): invalid syntax"
            )
        }
        let name: String
        do { name = try snapshot(skipsHead) } catch {
            throw APIError(.internal, "create snapshot: \(error.message)")
        }
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

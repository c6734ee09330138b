import JSON
import Logging

extension Provisioner {
    /// Applies the files below `alerting`: each is read whole first, so that one with a mistake changes
    /// nothing. Within a file what others name comes first.
    public func runAlerting() async {
        for (path, object) in await configuration("alerting") {
            do {
                let file = try AlertingFile(object, path: path)
                for key in file.unknownKeys {
                    logger.warning("\(path): \(key) is not known and has no effect")
                }
                try await apply(file, path)
            } catch {
                logger.error("cannot provision alerting of \(path): \(error.message)")
            }
        }
        await tellOfUndelivered()
    }

    private func apply(_ file: AlertingFile, _ path: String) async throws(DashboardsError) {
        for (name, text) in file.templates { try checksTemplate(name, text) }
        for point in file.contactPoints {
            _ = try await store.saveContactPoint(point, provenance: .file)
        }
        for timing in file.muteTimings { _ = try await store.saveMuteTiming(timing, provenance: .file) }
        for (name, text) in file.templates {
            _ = try await store.saveNotificationTemplate(name: name, text: text, provenance: .file)
        }
        if file.resetsPolicy { try await store.resetNotificationPolicy(provenance: .file) }
        if let policy = file.policy { try await store.setNotificationPolicy(policy, provenance: .file) }
        for group in file.groups {
            let folder = try await folder(titled: group.folder)
            do {
                // As in the original, rules that left a file stay until it names them in deleteRules.
                try await store.replaceAlertGroup(
                    .init(folder: folder, name: group.name), interval: group.interval, rules: group.rules,
                    provenance: .file, removesOthers: false)
            } catch {
                throw DashboardsError(error.kind, "group \"\(group.name)\": \(error.message)")
            }
        }
        for uid in file.deletedRules {
            try await passingOverMissing { () throws(DashboardsError) in
                try await store.deleteAlertRule(uid: uid, provenance: .file)
            }
        }
        for name in file.deletedMuteTimings {
            try await passingOverMissing { () throws(DashboardsError) in
                try await store.deleteMuteTiming(name: name, provenance: .file)
            }
        }
        for name in file.deletedTemplates {
            try await passingOverMissing { () throws(DashboardsError) in
                try await store.deleteNotificationTemplate(name: name, provenance: .file)
            }
        }
        for uid in file.deletedContactPoints {
            try await passingOverMissing { () throws(DashboardsError) in
                try await store.deleteContactPoint(uid: uid, provenance: .file)
            }
        }
    }

    /// What a file wants gone and is gone already is no mistake.
    private func passingOverMissing(
        _ body: () async throws(DashboardsError) -> Void
    ) async throws(DashboardsError) {
        do { try await body() } catch {
            if error.kind != .notFound { throw error }
        }
    }

    private func folder(titled title: String) async throws(DashboardsError) -> String {
        // A path of titles, as the original allows it; each level is made when it is not there.
        var parent = ""
        for part in title.split(separator: "/").map(String.init) {
            let folders = try await store.folders()
            if let found = folders.first(where: { $0.title == part && $0.parent == parent }) {
                parent = found.uid
            } else {
                parent = try await store.addFolder(uid: "", title: part, parent: parent, by: "").uid
            }
        }
        guard !parent.isEmpty else { throw DashboardsError(.invalidInput, "folder: it is empty") }
        return parent
    }

    private func tellOfUndelivered() async {
        let points = (try? await store.contactPoints()) ?? []
        let name = NotificationPolicy.defaultEmail
        if let policy = try? await store.notificationPolicy().policy, policy.receivers.contains(name),
            !points.contains(where: { $0.name == name })
        {
            logger.error("policies: \(name) tells nobody here: name a contact point of your own")
        }
        for point in points where !point.isDelivered {
            logger.error(
                "contact point \(point.name) (\(point.uid)): notifications of type \(point.type) cannot be sent from here"
            )
        }
    }
}

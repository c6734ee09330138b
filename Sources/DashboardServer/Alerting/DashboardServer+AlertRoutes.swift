import HTTPTypes

extension DashboardServer {
    /// Alerting. As in the original, Viewers read everything but secrets and Editors write; rules are changed by
    /// whoever may edit their folder.
    var alertRoutes: [Route] {
        let base = "/api/v1/provisioning"
        let group = base + "/folder/{uid}/rule-groups/{name}"
        let alertmanager = "/api/alertmanager/grafana"
        return [
            Route(.get, base + "/alert-rules", .viewer, listAlertRules),
            Route(.post, base + "/alert-rules", .permitted, addAlertRule),
            Route(.get, base + "/alert-rules/export", .viewer, exportAlertRules),
            Route(.get, base + "/alert-rules/{uid}", .viewer, alertRule),
            Route(.put, base + "/alert-rules/{uid}", .permitted, updateAlertRule),
            Route(.delete, base + "/alert-rules/{uid}", .permitted, deleteAlertRule),
            Route(.get, base + "/alert-rules/{uid}/export", .viewer, exportAlertRule),
            Route(.get, group, .viewer, alertGroup),
            Route(.put, group, .permitted, replaceAlertGroup),
            Route(.delete, group, .permitted, deleteAlertGroup),
            Route(.get, group + "/export", .viewer, exportAlertGroup),
            Route(.get, base + "/contact-points", .viewer, listContactPoints),
            Route(.post, base + "/contact-points", .editor, addContactPoint),
            Route(.get, base + "/contact-points/export", .viewer, exportContactPoints),
            Route(.put, base + "/contact-points/{uid}", .editor, updateContactPoint),
            Route(.delete, base + "/contact-points/{uid}", .editor, deleteContactPoint),
            Route(.get, base + "/policies", .viewer, notificationPolicy),
            Route(.put, base + "/policies", .editor, setNotificationPolicy),
            Route(.delete, base + "/policies", .editor, resetNotificationPolicy),
            Route(.get, base + "/policies/export", .viewer, exportNotificationPolicy),
            Route(.get, base + "/mute-timings", .viewer, listMuteTimings),
            Route(.post, base + "/mute-timings", .editor, addMuteTiming),
            Route(.get, base + "/mute-timings/export", .viewer, exportMuteTimings),
            Route(.get, base + "/mute-timings/{name}", .viewer, muteTiming),
            Route(.put, base + "/mute-timings/{name}", .editor, updateMuteTiming),
            Route(.delete, base + "/mute-timings/{name}", .editor, deleteMuteTiming),
            Route(.get, base + "/templates", .viewer, listNotificationTemplates),
            Route(.get, base + "/templates/{name}", .viewer, notificationTemplate),
            Route(.put, base + "/templates/{name}", .editor, setNotificationTemplate),
            Route(.delete, base + "/templates/{name}", .editor, deleteNotificationTemplate),
            Route(.post, "/api/admin/provisioning/alerting/reload", .serverAdmin, reloadProvisioning),

            Route(.get, "/api/ruler/grafana/api/v1/rules", .viewer, rulerRules),
            Route(.get, "/api/ruler/grafana/api/v1/rules/{uid}", .viewer, rulerFolder),
            Route(.get, "/api/ruler/grafana/api/v1/rules/{uid}/{name}", .viewer, rulerGroup),
            Route(.get, "/api/ruler/grafana/api/v1/rule/{uid}", .viewer, rulerRule),
            Route(.get, "/api/prometheus/grafana/api/v1/rules", .viewer, alertRuleStates),
            Route(.get, "/api/prometheus/grafana/api/v1/alerts", .viewer, alertStates),
            Route(.get, alertmanager + "/api/v2/alerts", .viewer, firingAlerts),
            Route(.get, alertmanager + "/api/v2/alerts/groups", .viewer, firingAlertGroups),
            Route(.get, alertmanager + "/api/v2/silences", .viewer, listSilences),
            Route(.post, alertmanager + "/api/v2/silences", .editor, saveSilence),
            Route(.get, alertmanager + "/api/v2/silence/{uid}", .viewer, silence),
            Route(.delete, alertmanager + "/api/v2/silence/{uid}", .editor, endSilence),
            Route(.get, alertmanager + "/api/v2/status", .viewer, alertmanagerStatus),
            Route(.get, alertmanager + "/config/api/v1/alerts", .viewer, alertmanagerConfiguration),
            Route(.get, alertmanager + "/config/api/v1/receivers", .viewer, receivers),
        ]
    }
}

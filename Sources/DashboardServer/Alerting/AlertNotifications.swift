import Dashboards

/// Who is told of an alert, and together with which others.
enum AlertNotifications {
    /// The policies that take an alert: those of the tree, or the contact point that the rule names.
    static func routes(
        of rule: AlertRule, _ labels: [String: String], _ policy: NotificationPolicy
    ) -> [NotificationPolicy] {
        guard let receiver = rule.receiver else { return policy.routes(of: labels) }
        var route = rule.directPolicy ?? policy
        route.receiver = receiver
        route.groupBy = route.groupBy ?? policy.groupBy
        route.groupWait = route.groupWait ?? policy.groupWait
        route.groupInterval = route.groupInterval ?? policy.groupInterval
        route.repeatInterval = route.repeatInterval ?? policy.repeatInterval
        return [route]
    }

    /// The labels that all alerts of a group have in common by their policy.
    static func groupLabels(_ labels: [String: String], _ route: NotificationPolicy) -> [String: String] {
        let names = route.groupBy ?? []
        if names.contains("...") { return labels }
        return labels.filter { names.contains($0.key) }
    }
}

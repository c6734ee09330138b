import Dashboards
import JSON
import Logging
import Platform
import Rules
import Synchronization

/// Tells contact points of what alert rules report: groups alerts by the tree of policies, waits as it
/// says, leaves out what is silenced or muted, and tries again what failed.
final class AlertNotifier: Sendable {
    private struct Key: Hashable {
        let receiver: String
        let labels: [String: String]
    }

    private struct Group {
        var route: NotificationPolicy
        /// By their labels.
        var notices: [[String: String]: AlertNotice] = [:]
        var nextFlush: Int64
        /// By the contact point's uid.
        var told: [String: AlertsTold.Point] = [:]
        /// Deliveries on their way.
        var sending = 0
    }

    /// What is needed to decide, as it was last read.
    private struct Configuration: Sendable {
        var policy: NotificationPolicy
        var points: [ContactPoint]
        var timings: [MuteTiming]
        var silences: [Silence]
        var templates: NotificationTemplates
    }

    private struct Attempt {
        let time: Int64
        let seconds: Double
        let error: String
    }

    private struct State {
        var reports: [AlertScheduler.Report] = []
        var groups: [Key: Group] = [:]
        /// What was told before the program started, of groups that have not come back yet.
        var remembered: [Key: [String: AlertsTold.Point]]?
        /// Groups of which something else is to be stored now.
        var unsaved: Set<Key> = []
        /// Whether the last attempt to store them failed.
        var savingFails = false
        var configuration: Configuration?
        var generation: Int?
        var attempts: [String: Attempt] = [:]
        /// Deliveries on their way, by the contact point's uid.
        var senders: [String: Int] = [:]
    }

    /// One group that is to be sent to one contact point.
    private struct Job: Sendable {
        let key: Key
        let group: AlertNoticeGroup
        let point: ContactPoint
        let templates: NotificationTemplates
    }

    /// Reports that wait; each is of one rule.
    private static let reportsMax = 10_000
    private static let groupsMax = 10_000
    private static let sendersMax = 16
    /// So that one that does not answer does not keep the others from hearing.
    private static let sendersOfPointMax = 2
    private static let attemptsMax = 4
    private static let (groupWait, groupInterval, repeatInterval) = (
        Int64(30_000), Int64(300_000), Int64(14_400_000)
    )

    private let store: DashboardStore
    private let delivery: AlertDelivery
    private let clock: any WallClock
    private let logger: Logger
    /// The wait before the second attempt, doubled before each other.
    private let backoff: Duration
    private let state = Mutex(State())

    init(
        store: DashboardStore, delivery: AlertDelivery, logger: Logger,
        clock: any WallClock = SystemClock(), backoff: Duration = .seconds(1)
    ) {
        self.store = store
        self.delivery = delivery
        self.logger = logger
        self.clock = clock
        self.backoff = backoff
    }

    /// Takes a report. Does not block.
    @Sendable func take(_ report: AlertScheduler.Report) {
        state.withLock { state in
            if state.reports.count >= AlertNotifier.reportsMax { state.reports.removeFirst() }
            state.reports.append(report)
        }
    }

    /// How the last delivery to a contact point went, or why there is none, in the original's form; nil
    /// before the first.
    func status(of point: ContactPoint) -> JSONObject? {
        guard point.isDelivered else {
            return [
                "lastNotifyAttemptError": .string(
                    "notifications of type \(point.type) cannot be sent from here")
            ]
        }
        guard point.type != "email" || delivery.mail != nil else {
            return ["lastNotifyAttemptError": .string(AlertMail.missing)]
        }
        return state.withLock { $0.attempts[point.uid] }.map { attempt in
            [
                "lastNotifyAttempt": .string(CivilTime(milliseconds: attempt.time).iso),
                "lastNotifyAttemptDuration": .string("\((attempt.seconds * 1000).rounded() / 1000)s"),
                "lastNotifyAttemptError": .string(attempt.error),
            ]
        }
    }

    /// Delivers until the task is cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                for job in await due(at: clock.now()) { group.addTask { await self.send(job) } }
                await save()
                guard (try? await Task.sleep(for: .seconds(1))) != nil else { break }
            }
            group.cancelAll()
        }
        // In a task of its own, as this one is cancelled and writes nothing any more.
        await Task { await self.save() }.value
    }

    /// Sends what is due at a time of the caller's, and waits for it.
    func flush(at time: Int64) async {
        while case let jobs = await due(at: time), !jobs.isEmpty {
            await withTaskGroup { group in
                for job in jobs { group.addTask { await self.send(job) } }
            }
        }
        await save()
    }

    // MARK: - Deciding

    private func due(at time: Int64) async -> [Job] {
        let hasWork = state.withLock { !$0.reports.isEmpty || !$0.groups.isEmpty }
        guard hasWork else { return [] }
        do {
            try await remember()
            try await refresh()
        } catch {
            logger.error("cannot read the policies of notifications: \(error.message)")
            return []
        }
        return state.withLock { state in
            guard let configuration = state.configuration else { return [] }
            for report in state.reports { place(report, configuration, &state, at: time) }
            state.reports = []
            var jobs: [Job] = []
            let waiting = state.groups.filter { $0.value.nextFlush <= time && $0.value.sending == 0 }
            for (key, _) in waiting.sorted(by: { $0.value.nextFlush < $1.value.nextFlush }) {
                guard state.senders.values.reduce(0, +) < AlertNotifier.sendersMax else { break }
                let isFree = configuration.points.allSatisfy {
                    $0.name != key.receiver
                        || state.senders[$0.uid, default: 0] < AlertNotifier.sendersOfPointMax
                }
                guard isFree else { continue }
                let found = flush(key, configuration, &state, at: time)
                for job in found { state.senders[job.point.uid, default: 0] += 1 }
                jobs += found
            }
            return jobs
        }
    }

    /// Reads what was told before the program started, once.
    private func remember() async throws(DashboardsError) {
        guard state.withLock({ $0.remembered == nil }) else { return }
        let told = try await store.alertsTold()
        state.withLock { state in
            guard state.remembered == nil else { return }
            state.remembered = Dictionary(
                told.map { (Key(receiver: $0.receiver, labels: $0.labels), $0.points) },
                uniquingKeysWith: { first, _ in first })
        }
    }

    /// Stores what was told since the last time.
    private func save() async {
        let (keys, groups) = state.withLock { state in
            defer { state.unsaved = [] }
            return (
                state.unsaved,
                state.unsaved.map { key in
                    AlertsTold(
                        receiver: key.receiver, labels: key.labels, points: state.groups[key]?.told ?? [:])
                }
            )
        }
        guard !groups.isEmpty else { return }
        do {
            try await store.saveAlertsTold(groups)
            state.withLock { $0.savingFails = false }
        } catch {
            // Tried again every second, told once.
            let isKnown = state.withLock { state in
                defer { state.savingFails = true }
                state.unsaved.formUnion(keys)
                return state.savingFails
            }
            guard !isKnown else { return }
            logger.error("cannot keep what contact points were told: \(error.message)")
        }
    }

    private func refresh() async throws(DashboardsError) {
        let generation = store.alertNotificationGeneration
        guard state.withLock({ $0.generation != generation }) else { return }
        let configuration = Configuration(
            policy: try await store.notificationPolicy().policy,
            points: try await store.contactPoints(reveals: true), timings: try await store.muteTimings(),
            silences: try await store.silences(),
            templates: NotificationTemplates(
                try await store.notificationTemplates().map { (name: $0.name, text: $0.text) }))
        for (name, reason) in configuration.templates.unreadable {
            logger.error("template \(name) of notifications is left out: \(reason)")
        }
        state.withLock { state in
            let isOther = state.configuration.map { $0.policy != configuration.policy } ?? false
            state.configuration = configuration
            state.generation = generation
            guard isOther else { return }
            // Alerts find their groups anew; what was told of a group that stays is remembered.
            let old = state.groups
            state.groups = [:]
            state.unsaved.formUnion(old.keys)
            for group in old.values {
                for notice in group.notices.values {
                    place(notice, configuration, &state, at: clock.now(), known: old)
                }
            }
        }
    }

    private func place(
        _ report: AlertScheduler.Report, _ configuration: Configuration, _ state: inout State, at time: Int64
    ) {
        for instance in report.instances {
            place(
                AlertNotice(rule: report.rule, instance: instance, reportedAt: report.time), configuration,
                &state,
                at: time)
        }
    }

    private func place(
        _ notice: AlertNotice, _ configuration: Configuration, _ state: inout State, at time: Int64,
        known: [Key: Group] = [:]
    ) {
        for route in AlertNotifications.routes(of: notice.rule, notice.labels, configuration.policy)
        where configuration.points.contains(where: { $0.name == route.receiver && $0.isDelivered }) {
            let key = Key(
                receiver: route.receiver, labels: AlertNotifications.groupLabels(notice.labels, route))
            if state.groups[key] == nil {
                // Of what never fired here nothing has to end.
                let remembered = state.remembered?[key]
                guard notice.instance.state.isFiring || known[key] != nil || remembered != nil else {
                    continue
                }
                guard state.groups.count < AlertNotifier.groupsMax else {
                    logger.error(
                        "more than \(AlertNotifier.groupsMax) groups of alerts: \(notice.rule.title) is not told"
                    )
                    continue
                }
                var group = Group(
                    route: route, nextFlush: time + (route.groupWait ?? AlertNotifier.groupWait))
                if let old = known[key] {
                    (group.told, group.nextFlush, group.sending) = (old.told, old.nextFlush, old.sending)
                } else if let remembered {
                    group.told = remembered
                }
                state.remembered?[key] = nil
                state.groups[key] = group
            }
            state.groups[key]?.route = route
            state.groups[key]?.notices[notice.labels] = notice
        }
    }

    private func flush(
        _ key: Key, _ configuration: Configuration, _ state: inout State, at time: Int64
    ) -> [Job] {
        guard var group = state.groups[key] else { return [] }
        defer {
            let isOver = group.notices.isEmpty && group.sending == 0
            state.groups[key] = isOver ? nil : group
            if isOver { state.unsaved.insert(key) }
        }
        group.nextFlush = time + (group.route.groupInterval ?? AlertNotifier.groupInterval)
        let named = configuration.timings
        func holds(_ names: [String]) -> Bool {
            named.contains { names.contains($0.name) && $0.contains(time) }
        }
        let isMuted =
            holds(group.route.muteTimings)
            || (!group.route.activeTimings.isEmpty && !holds(group.route.activeTimings))
        guard !isMuted else { return [] }
        let audible = group.notices.values.filter { notice in
            !configuration.silences.contains { $0.covers(notice.labels, at: time) }
        }.sorted { $0.instance.sortText < $1.instance.sortText }
        let firing = audible.filter { $0.isFiring(at: time) }
        let ended = audible.filter { !$0.isFiring(at: time) }
        let points = configuration.points.filter { $0.name == key.receiver && $0.isDelivered }
        var jobs: [Job] = []
        for point in points {
            let told = group.told[point.uid] ?? AlertsTold.Point()
            let resolved =
                point.disablesResolveMessage ? [] : ended.filter { told.firing.contains($0.fingerprint) }
            let isNew = firing.contains { !told.firing.contains($0.fingerprint) }
            let isAgain =
                !firing.isEmpty
                && time - told.at >= group.route.repeatInterval ?? AlertNotifier.repeatInterval
            guard isNew || isAgain || !resolved.isEmpty else { continue }
            jobs.append(
                Job(
                    key: key,
                    group: AlertNoticeGroup(
                        receiver: key.receiver, labels: key.labels, firing: firing, resolved: resolved,
                        time: time),
                    point: point, templates: configuration.templates))
        }
        if jobs.isEmpty {
            // Nobody has to hear of what has ended.
            for notice in ended
            where !group.told.values.contains(where: { $0.firing.contains(notice.fingerprint) }) {
                group.notices[notice.labels] = nil
            }
            for notice in ended where points.allSatisfy(\.disablesResolveMessage) {
                for uid in group.told.keys { group.told[uid]?.firing.remove(notice.fingerprint) }
                state.unsaved.insert(key)
                group.notices[notice.labels] = nil
            }
        }
        group.sending = jobs.count
        return jobs
    }

    // MARK: - Sending

    private func send(_ job: Job) async {
        let begin = MonotonicTime.nanoseconds()
        var problem = ""
        for attempt in 0..<AlertNotifier.attemptsMax {
            if attempt > 0 {
                guard (try? await Task.sleep(for: backoff * (1 << (attempt - 1)))) != nil else { break }
            }
            do {
                try await delivery.send(job.group, to: job.point, job.templates)
                problem = ""
                break
            } catch let error as AlertDelivery.Failure {
                problem = error.message
                guard error.isPassing else { break }
            } catch {
                problem = "it was stopped"
                break
            }
        }
        if !problem.isEmpty {
            logger.error(
                "contact point \(job.point.name) (\(job.point.uid)) was not told of \(job.group.all.count) alerts: \(problem)"
            )
        }
        let seconds = Double(MonotonicTime.nanoseconds() - begin) / 1e9
        state.withLock { [problem] state in
            state.senders[job.point.uid, default: 1] -= 1
            state.attempts[job.point.uid] = Attempt(time: job.group.time, seconds: seconds, error: problem)
            finish(job, isTold: problem.isEmpty, &state)
        }
    }

    private func finish(_ job: Job, isTold: Bool, _ state: inout State) {
        guard var group = state.groups[job.key] else { return }
        group.sending -= 1
        if isTold {
            var told = group.told[job.point.uid] ?? AlertsTold.Point()
            told.firing = Set(job.group.firing.map(\.fingerprint)).union(
                told.firing.subtracting(job.group.resolved.map(\.fingerprint)))
            told.at = job.group.time
            group.told[job.point.uid] = told
            state.unsaved.insert(job.key)
        }
        // What everybody has heard the end of is forgotten.
        for notice in job.group.resolved {
            guard let now = group.notices[notice.labels], !now.instance.state.isFiring,
                !group.told.values.contains(where: { $0.firing.contains(notice.fingerprint) })
            else { continue }
            group.notices[notice.labels] = nil
        }
        state.groups[job.key] = group.notices.isEmpty ? nil : group
        if group.notices.isEmpty { state.unsaved.insert(job.key) }
    }
}

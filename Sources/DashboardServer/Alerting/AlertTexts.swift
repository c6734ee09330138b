import Dashboards
import MetricModel
import Platform
import Rules

/// Fills in the labels and annotations of a rule's instances.
struct AlertTexts: Sendable {
    private enum Text: Sendable {
        case template(Template)
        /// What is no template stays as it is.
        case plain(String)
    }

    private let title: String
    private let folderTitle: String
    private let labels: [(name: String, text: Text)]
    private let annotations: [(name: String, text: Text)]
    private let surroundings: Template.Surroundings

    /// - Parameters:
    ///   - folderTitle: shown as the label `grafana_folder`.
    ///   - time: of the evaluation, milliseconds since 1970.
    init(_ rule: AlertRule, folderTitle: String, rootURL: String, at time: Int64) {
        title = rule.title
        self.folderTitle = folderTitle
        func read(_ texts: [String: String]) -> [(name: String, text: Text)] {
            texts.sorted { $0.key < $1.key }.map { name, text in
                guard text.contains("{{"), let template = try? Template(text) else {
                    return (name, .plain(text))
                }
                return (name, .template(template))
            }
        }
        labels = read(rule.labels)
        annotations = read(rule.annotations)
        var surroundings = Template.Surroundings(now: time, externalURL: rootURL)
        // For the texts of all instances together: whoever edits rules may be a stranger to the machine.
        surroundings.deadline = MonotonicTime.nanoseconds() + 5_000_000_000
        self.surroundings = surroundings
    }

    /// - Parameter name: of the rule's own alert about missing data or an error; nil for a result.
    func texts(
        _ result: AlertPipeline.Outcome.Result, _ name: String?
    ) -> AlertRuleState.Texts {
        var own = ["alertname": name ?? title, "grafana_folder": folderTitle]
        if name != nil { own["rulename"] = title }
        // Templates see the labels of the result and the rule's name.
        let visible = result.labels.merging(own) { _, new in new }
        var data = Template.AlertData(labels: AlertTexts.labels(visible), value: result.number ?? .nan)
        data.values = result.values.mapValues {
            Template.NamedValue(labels: AlertTexts.labels($0.labels), value: $0.number ?? .nan)
        }
        data.valueText = AlertTexts.valueText(result)
        func filled(_ text: Text) -> String {
            switch text {
            case .plain(let text): text
            case .template(let template):
                // As in the original the alert goes out all the same, with the reason in its place.
                (try? template.expand(data, surroundings))?.replacing("<no value>", with: "[no value]")
                    ?? "[template error]"
            }
        }
        // The rule's labels win over those of the result, its name over both.
        var labels = result.labels
        for (name, text) in self.labels {
            let value = filled(text)
            labels[name] = value.isEmpty ? nil : value
        }
        labels.merge(own) { _, new in new }
        var annotations: [String: String] = [:]
        for (name, text) in self.annotations { annotations[name] = filled(text) }
        return .init(labels: labels, annotations: annotations)
    }

    /// `[ var='A' labels={job=api} value=1 ], …`
    static func valueText(_ result: AlertPipeline.Outcome.Result) -> String {
        result.values.sorted { $0.key < $1.key }.map { name, value in
            let labels = value.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
                .joined(separator: ", ")
            let number = value.number.map { FloatText.plain($0) } ?? "null"
            return "[ var='\(name)' labels={\(labels)} value=\(number) ]"
        }.joined(separator: ", ")
    }

    private static func labels(_ texts: [String: String]) -> Labels {
        Labels(texts.map { (name: $0.key, value: $0.value) })
    }
}

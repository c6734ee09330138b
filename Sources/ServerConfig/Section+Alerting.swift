import MetricModel
import Scraping
import WebClient

extension Section {
    /// The section `alerting`.
    func alerting(
        _ validation: NameValidation, _ directory: String, warnings: inout [String]
    ) throws(ConfigurationError) -> AlertingSettings {
        var alerting = AlertingSettings()
        alerting.alertRelabelRules = try relabelRules(
            "alert_relabel_configs", what: "relabeling rule of alerts", validation: validation)
        for section in try sections("alertmanagers", nullMessage: "an empty entry is no Alertmanager") {
            alerting.alertmanagers.append(
                try section.alertmanager(validation, directory, warnings: &warnings))
        }
        try finish()
        return alerting
    }

    private func alertmanager(
        _ validation: NameValidation, _ directory: String, warnings: inout [String]
    ) throws(ConfigurationError) -> AlertmanagerSettings {
        var result = AlertmanagerSettings()
        if let scheme = try string("scheme") { result.scheme = scheme }
        result.pathPrefix = try string("path_prefix") ?? ""
        if let timeout = try duration("timeout") { result.timeout = timeout }
        if let version = try string("api_version"), version != "v2" {
            throw error(
                .invalidValue, "unknown version \(version), want v2", at: "api_version")
        }
        result.relabelRules = try relabelRules(
            "relabel_configs", what: "relabeling rule of an Alertmanager", validation: validation)
        result.alertRelabelRules = try relabelRules(
            "alert_relabel_configs", what: "relabeling rule of alerts", validation: validation)
        result.client = try httpClient(directory)
        if try signature() {
            if result.client.basicAuth != nil || result.client.authorization != nil
                || result.client.oauth2 != nil
            {
                throw error(.conflict, "got sigv4 beside another login, want one", at: "sigv4")
            }
            warnings.append(
                "\(file):\(line): sigv4 is not supported: alerts will be sent without a signature")
        }
        let discovery = try discovery(directory, refusesURLs: result.relabelRules.isEmpty)
        result.discovery = discovery.settings
        warnings += discovery.warnings
        try finish()
        return result
    }

    /// Whether a section `sigv4` is there.
    func signature() throws(ConfigurationError) -> Bool {
        guard let section = try section("sigv4") else { return has("sigv4") }
        for name in [
            "region", "access_key", "secret_key", "profile", "role_arn", "external_id", "service_name",
        ] { _ = try section.string(name) }
        _ = try section.bool("use_fips_sts_endpoint")
        try section.finish()
        return true
    }
}

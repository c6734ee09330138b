import MetricModel

extension Section {
    /// The section `storage`.
    func storage() throws(ConfigurationError) -> StorageSettings {
        var result = StorageSettings()
        if let tsdb = try section("tsdb") {
            result.outOfOrderTimeWindow = try tsdb.duration("out_of_order_time_window") ?? 0
            result.staleSeriesCompactionThreshold = try tsdb.double("stale_series_compaction_threshold") ?? 0
            if let encoding = try tsdb.section("chunk_encoding") {
                if let text = try encoding.string("floats"), !text.isEmpty {
                    guard let floats = StorageSettings.FloatEncoding(rawValue: text) else {
                        throw encoding.error(
                            .invalidValue, "unknown encoding \(LabelText.quoted(text)), want xor or xor2",
                            at: "floats")
                    }
                    result.floatEncoding = floats
                }
                try encoding.finish()
            }
            if let retention = try tsdb.section("retention") { try retention.readRetention(into: &result) }
            try tsdb.finish()
        }
        if let exemplars = try section("exemplars") {
            result.maxExemplars = Int64(try exemplars.integer("max_exemplars") ?? 0)
            try exemplars.finish()
        }
        try finish()
        return result
    }

    private func readRetention(into result: inout StorageSettings) throws(ConfigurationError) {
        result.retentionTime = try duration("time") ?? 0
        result.retentionSize = try byteSize("size") ?? 0
        result.retentionPercentage = try double("percentage") ?? 0
        try finish()
        if result.retentionSize < 0 {
            throw error(
                .invalidValue, "the size must not be negative, got \(ByteSize.format(result.retentionSize))",
                at: "size")
        }
        if !(0...100).contains(result.retentionPercentage) {
            throw error(
                .invalidValue,
                "want a percentage from 0 to 100, got \(FloatText.string(result.retentionPercentage, style: .exposition))",
                at: "percentage")
        }
    }

    /// The section `tracing`.
    func tracing(_ directory: String) throws(ConfigurationError) -> TracingSettings {
        var result = TracingSettings()
        if let type = try string("client_type") {
            guard type == "http" || type == "grpc" else {
                throw error(
                    .invalidValue, "unknown client type \(type), want http or grpc", at: "client_type")
            }
            result.clientType = type
        }
        result.endpoint = try string("endpoint") ?? ""
        result.samplingFraction = try double("sampling_fraction") ?? 0
        result.insecure = try bool("insecure") ?? false
        if let tls = try section("tls_config") { result.tls = try tls.tls(directory) }
        result.headers = try headers(reason: "the authorization header cannot be set here")
        result.compression = try string("compression") ?? ""
        result.timeout = try duration("timeout") ?? 0
        try finish()
        if result.endpoint.isEmpty { throw error(.missingField, "tracing needs an endpoint", at: "endpoint") }
        if !result.compression.isEmpty, result.compression != "gzip" {
            throw error(
                .invalidValue, "unknown compression \(result.compression), want gzip", at: "compression")
        }
        return result
    }

    /// The section `otlp`.
    func otlp(_ global: GlobalSettings) throws(ConfigurationError) -> OTLPSettings {
        var result = OTLPSettings()
        result.promoteAllResourceAttributes = try bool("promote_all_resource_attributes") ?? false
        result.promoteResourceAttributes = try strings("promote_resource_attributes") ?? []
        result.ignoreResourceAttributes = try strings("ignore_resource_attributes") ?? []
        if let text = try string("translation_strategy"), !text.isEmpty {
            guard let strategy = OTLPSettings.Translation(rawValue: text) else {
                throw error(
                    .invalidValue, "unknown strategy \(LabelText.quoted(text))", at: "translation_strategy")
            }
            result.translation = strategy
        }
        result.keepIdentifyingResourceAttributes = try bool("keep_identifying_resource_attributes") ?? false
        result.convertHistogramsToNHCB = try bool("convert_histograms_to_nhcb") ?? false
        result.promoteScopeMetadata = try bool("promote_scope_metadata") ?? false
        if let value = try bool("label_name_underscore_sanitization") {
            result.labelNameUnderscoreSanitization = value
        }
        if let value = try bool("label_name_preserve_multiple_underscores") {
            result.labelNamePreserveMultipleUnderscores = value
        }
        try finish()
        if result.promoteAllResourceAttributes {
            if !result.promoteResourceAttributes.isEmpty {
                throw error(
                    .conflict, "promote_all_resource_attributes leaves nothing to name here",
                    at: "promote_resource_attributes")
            }
            result.ignoreResourceAttributes = try attributes(
                result.ignoreResourceAttributes, "ignored", "ignore_resource_attributes")
        } else {
            if !result.ignoreResourceAttributes.isEmpty {
                throw error(
                    .conflict, "ignore_resource_attributes needs promote_all_resource_attributes",
                    at: "ignore_resource_attributes")
            }
            result.promoteResourceAttributes = try attributes(
                result.promoteResourceAttributes, "promoted", "promote_resource_attributes")
        }
        let needsUTF8 =
            result.translation == .noTranslation || result.translation == .noUTF8EscapingWithSuffixes
        if needsUTF8, global.nameValidation == .legacy {
            throw error(
                .conflict,
                "the strategy \(result.translation.rawValue) needs UTF-8 names, which the global section forbids",
                at: "translation_strategy")
        }
        return result
    }

    private func attributes(_ names: [String], _ adjective: String, _ field: String)
        throws(ConfigurationError) -> [String]
    {
        var result: [String] = []
        for name in names {
            let trimmed = String(name.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
            if trimmed.isEmpty {
                throw error(.invalidValue, "an attribute to be \(adjective) has no name", at: field)
            }
            if result.contains(trimmed) {
                throw error(.conflict, "the attribute \(LabelText.quoted(trimmed)) is named twice", at: field)
            }
            result.append(trimmed)
        }
        return result
    }
}

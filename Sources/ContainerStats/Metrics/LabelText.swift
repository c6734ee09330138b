import Exposition

/// The labels that all series of a container carry, as an exposition body writes them.
enum LabelText {
    /// `id`, `image`, `name`, `container_label_*` and `container_env_*`. Empty values are left out,
    /// which PromQL cannot tell from present ones. Of keys that become the same name the first by byte
    /// order wins.
    static func render(_ identity: ContainerIdentity) -> [UInt8] {
        var names = ["id"]
        var values = [identity.path]
        for (name, value) in [("image", identity.image), ("name", identity.name)] where !value.isEmpty {
            names.append(name)
            values.append(value)
        }
        var taken = Set(names)
        for (prefix, pairs) in [
            ("container_label_", identity.labels), ("container_env_", identity.environment),
        ] {
            for pair in pairs {
                let name = prefix + sanitized(pair.name)
                guard taken.insert(name).inserted, !pair.value.isEmpty else { continue }
                names.append(name)
                values.append(pair.value)
            }
        }
        return ExpositionWriter.renderLabels(names, values)
    }

    /// Everything but letters, digits and underscores becomes an underscore.
    static func sanitized(_ key: String) -> String {
        var result = ""
        for scalar in key.unicodeScalars {
            let isKept =
                scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
            result.unicodeScalars.append(isKept ? scalar : "_")
        }
        return result
    }
}

import MetricModel
import WebClient

/// The fields of a kind of service discovery that is checked but not carried out.
struct DiscoveryKind: Sendable {
    enum Field: Sendable {
        case text, secret, number, flag, duration, texts, map
        case tls
        /// A list of sections with `name` and `values`.
        case filters
    }

    var fields: [String: Field]
    /// Whether the fields of an HTTP client stand among them.
    var hasClient = true
    var required: [(field: String, message: String)] = []
    /// The values that a field may have.
    var choices: [(field: String, values: [String], message: String)] = []

    private static let common: [String: Field] = ["refresh_interval": .duration, "port": .number]
    private static let amazon: [String: Field] = [
        "endpoint": .text, "region": .text, "access_key": .text, "secret_key": .secret, "profile": .text,
        "role_arn": .text, "external_id": .text, "refresh_interval": .duration, "port": .number,
        "filters": .filters, "clusters": .texts, "request_concurrency": .number, "role": .text,
    ]

    private static func fields(_ own: [String: Field]) -> [String: Field] { common.merging(own) { $1 } }

    /// By the name of the field without `_configs`. Those with an empty table are read elsewhere.
    static let all: [String: DiscoveryKind] = [
        "file_sd": DiscoveryKind(fields: [:]), "http_sd": DiscoveryKind(fields: [:]),
        "dns_sd": DiscoveryKind(fields: [:]), "docker_sd": DiscoveryKind(fields: [:]),
        "aws_sd": DiscoveryKind(fields: amazon), "ec2_sd": DiscoveryKind(fields: amazon),
        "ecs_sd": DiscoveryKind(fields: amazon), "elasticache_sd": DiscoveryKind(fields: amazon),
        "lightsail_sd": DiscoveryKind(fields: amazon), "msk_sd": DiscoveryKind(fields: amazon),
        "rds_sd": DiscoveryKind(fields: amazon),
        "azure_sd": DiscoveryKind(
            fields: fields([
                "environment": .text, "subscription_id": .text, "tenant_id": .text, "client_id": .text,
                "client_secret": .secret, "authentication_method": .text, "resource_group": .text,
            ]), required: [("subscription_id", "Azure discovery needs a subscription_id")],
            choices: [
                (
                    "authentication_method", ["OAuth", "ManagedIdentity", "SDK", "WorkloadIdentity"],
                    "unknown authentication_method %, want OAuth, ManagedIdentity, SDK or WorkloadIdentity"
                )
            ]),
        "consul_sd": DiscoveryKind(
            fields: fields([
                "server": .text, "path_prefix": .text, "token": .secret, "datacenter": .text,
                "namespace": .text,
                "partition": .text, "tag_separator": .text, "scheme": .text, "username": .text,
                "password": .secret,
                "allow_stale": .flag, "services": .texts, "tags": .texts, "node_meta": .map, "filter": .text,
                "health_filter": .text,
            ])),
        "digitalocean_sd": DiscoveryKind(fields: fields(["role": .text])),
        "dockerswarm_sd": DiscoveryKind(
            fields: fields(["host": .text, "role": .text, "filters": .filters]),
            required: [("host", "host missing"), ("role", "want a role: tasks, services or nodes")],
            choices: [
                ("role", ["services", "nodes", "tasks"], "unknown role %, want tasks, services or nodes")
            ]),
        "eureka_sd": DiscoveryKind(
            fields: fields(["server": .text]), required: [("server", "Eureka discovery needs a server")]),
        "gce_sd": DiscoveryKind(
            fields: fields(["project": .text, "zone": .text, "filter": .text, "tag_separator": .text]),
            hasClient: false,
            required: [("project", "GCE discovery needs a project"), ("zone", "GCE discovery needs a zone")]),
        "hetzner_sd": DiscoveryKind(
            fields: fields(["role": .text, "label_selector": .text]),
            required: [("role", "want a role: robot or hcloud")],
            choices: [("role", ["robot", "hcloud"], "unknown role %")]),
        "ionos_sd": DiscoveryKind(
            fields: fields(["datacenter_id": .text]),
            required: [("datacenter_id", "IONOS discovery needs a datacenter_id")]),
        "kubernetes_sd": DiscoveryKind(
            fields: ["api_server": .text, "role": .text, "kubeconfig_file": .text],
            required: [("role", "want a role: pod, service, endpoints, endpointslice, node or ingress")],
            choices: [
                (
                    "role", ["node", "pod", "service", "endpoints", "endpointslice", "ingress"],
                    "unknown Kubernetes SD role %"
                )
            ]),
        "kuma_sd": DiscoveryKind(
            fields: [
                "refresh_interval": .duration, "fetch_timeout": .duration, "server": .text,
                "client_id": .text,
            ],
            required: [("server", "Kuma discovery needs a server")]),
        "linode_sd": DiscoveryKind(fields: fields(["tag_separator": .text, "region": .text])),
        "marathon_sd": DiscoveryKind(
            fields: [
                "servers": .texts, "refresh_interval": .duration, "auth_token": .secret,
                "auth_token_file": .text,
            ],
            required: [("servers", "Marathon discovery needs at least one server")]),
        "nerve_sd": DiscoveryKind(
            fields: ["servers": .texts, "paths": .texts, "timeout": .duration], hasClient: false),
        "nomad_sd": DiscoveryKind(
            fields: fields([
                "allow_stale": .flag, "namespace": .text, "region": .text, "server": .text,
                "tag_separator": .text,
            ])),
        "oci_sd": DiscoveryKind(
            fields: fields([
                "auth": .text, "tenancy": .text, "user": .text, "fingerprint": .text, "key_file": .text,
                "key_passphrase": .secret, "key_passphrase_file": .text, "region": .text,
                "compartments": .texts,
            ]),
            choices: [
                (
                    "auth", ["api_key", "instance_principal"],
                    "unknown auth method %, want api_key or instance_principal"
                )
            ]),
        "openstack_sd": DiscoveryKind(
            fields: fields([
                "identity_endpoint": .text, "username": .text, "userid": .text, "password": .secret,
                "project_name": .text, "project_id": .text, "domain_name": .text, "domain_id": .text,
                "application_credential_name": .text, "application_credential_id": .text,
                "application_credential_secret": .secret, "role": .text, "region": .text,
                "all_tenants": .flag,
                "tls_config": .tls, "availability": .text,
            ]), hasClient: false,
            required: [
                ("role", "want a role: instance, hypervisor or loadbalancer"),
                ("region", "OpenStack discovery needs a region"),
            ],
            choices: [
                ("role", ["instance", "hypervisor", "loadbalancer"], "unknown OpenStack SD role %"),
                (
                    "availability", ["public", "internal", "admin"],
                    "unknown availability %, want admin, internal or public"
                ),
            ]),
        "outscale_sd": DiscoveryKind(
            fields: fields([
                "endpoint": .text, "region": .text, "access_key": .text, "secret_key": .secret,
                "secret_key_file": .text,
            ]),
            required: [
                ("region", "Outscale discovery needs a region"),
                ("access_key", "Outscale discovery needs an access_key"),
            ]),
        "ovhcloud_sd": DiscoveryKind(
            fields: [
                "endpoint": .text, "application_key": .text, "application_secret": .secret,
                "consumer_key": .secret,
                "refresh_interval": .duration, "service": .text,
            ], hasClient: false,
            required: [
                ("endpoint", "OVHcloud discovery needs an endpoint"),
                ("application_key", "OVHcloud discovery needs an application_key"),
                ("application_secret", "OVHcloud discovery needs an application_secret"),
                ("consumer_key", "OVHcloud discovery needs a consumer_key"),
            ],
            choices: [
                ("service", ["dedicated_server", "vps"], "unknown service %, want vps or dedicated_server")
            ]),
        "puppetdb_sd": DiscoveryKind(
            fields: fields(["url": .text, "query": .text, "include_parameters": .flag]),
            required: [("url", "URL is missing"), ("query", "PuppetDB discovery needs a query")]),
        "scaleway_sd": DiscoveryKind(
            fields: fields([
                "project_id": .text, "api_url": .text, "zone": .text, "access_key": .text,
                "secret_key": .secret,
                "secret_key_file": .text, "name_filter": .text, "tags_filter": .texts, "role": .text,
            ]),
            required: [
                ("role", "want a role: instance or baremetal"),
                ("project_id", "Scaleway discovery needs a project_id"),
                ("access_key", "Scaleway discovery needs an access_key"),
            ], choices: [("role", ["instance", "baremetal"], "unknown role %")]),
        "serverset_sd": DiscoveryKind(
            fields: ["servers": .texts, "paths": .texts, "timeout": .duration], hasClient: false),
        "stackit_sd": DiscoveryKind(
            fields: fields([
                "project": .text, "region": .text, "endpoint": .text, "service_account_key": .secret,
                "private_key": .secret,
                "service_account_key_path": .text, "private_key_path": .text, "credentials_file_path": .text,
            ])),
        "triton_sd": DiscoveryKind(
            fields: fields([
                "account": .text, "role": .text, "dns_suffix": .text, "endpoint": .text, "groups": .texts,
                "tls_config": .tls, "version": .number,
            ]), hasClient: false,
            required: [
                ("account", "Triton discovery needs an account"),
                ("dns_suffix", "Triton discovery needs a dns_suffix"),
                ("endpoint", "Triton discovery needs an endpoint"),
            ]),
        "uyuni_sd": DiscoveryKind(
            fields: [
                "server": .text, "username": .text, "password": .secret, "entitlement": .text,
                "separator": .text,
                "refresh_interval": .duration,
            ],
            required: [
                ("server", "Uyuni discovery needs a server"),
                ("username", "Uyuni discovery needs a username"),
                ("password", "Uyuni discovery needs a password"),
            ]),
        "vultr_sd": DiscoveryKind(fields: common),
    ]
}

extension Section {
    /// Checks the fields of a kind that is not carried out.
    func checkDiscovery(_ kindName: String, _ directory: String) throws(ConfigurationError) {
        guard let kind = DiscoveryKind.all[kindName] else { return }
        for name in names {
            guard let field = kind.fields[name] else { continue }
            switch field {
            case .text, .secret: _ = try string(name)
            case .number: _ = try integer(name)
            case .flag: _ = try bool(name)
            case .duration: _ = try duration(name)
            case .texts: _ = try strings(name)
            case .map: _ = try stringMap(name)
            case .tls: _ = try section(name)?.tls(directory)
            case .filters:
                for filter in try sections(name, nullMessage: "an empty entry is no filter") {
                    _ = try filter.string("name")
                    let values = try filter.strings("values") ?? []
                    try filter.finish()
                    if values.isEmpty {
                        throw filter.error(
                            .missingField, "a filter needs at least one value", at: "values")
                    }
                }
            }
        }
        let client = kind.hasClient ? try httpClient(directory) : HTTPClientSettings()
        try checkSpecially(kindName, client, directory)
        try finish()
        for (field, values, message) in kind.choices {
            if let text = try string(field), !text.isEmpty, !values.contains(text) {
                let shown = LabelText.quoted(text)
                throw error(.invalidValue, message.replacing("%", with: shown), at: field)
            }
        }
        for (field, message) in kind.required where value(field).map(\.isEmpty) ?? true {
            throw error(.missingField, message, at: field)
        }
    }

    /// What no table says.
    private func checkSpecially(_ kind: String, _ client: HTTPClientSettings, _ directory: String)
        throws(ConfigurationError)
    {
        func isSet(_ name: String) -> Bool { !(value(name).map(\.isEmpty) ?? true) }
        switch kind {
        case "azure_sd":
            let method = try string("authentication_method") ?? ""
            guard method.isEmpty || method == "OAuth" else { return }
            for field in ["subscription_id", "tenant_id", "client_id", "client_secret"] where !isSet(field) {
                throw error(.missingField, "Azure discovery needs a \(field)", at: field)
            }
        case "consul_sd":
            if has("server"), !isSet("server") {
                throw error(.missingField, "Consul discovery needs a server", at: "server")
            }
            if isSet("username") || isSet("password"), client.basicAuth != nil {
                throw error(
                    .conflict, "got username or password beside basic_auth, want one login", at: "basic_auth")
            }
            if isSet("token"), client.authorization != nil || client.oauth2 != nil {
                throw error(
                    .conflict, "got a token beside authorization or oauth2, want one login", at: "token")
            }
        case "eureka_sd":
            let server = try string("server") ?? ""
            if !server.isEmpty, !server.contains("://") || server.hasSuffix("://") {
                throw error(.invalidValue, "cannot use the server: want a URL", at: "server")
            }
        case "kubernetes_sd": try checkKubernetes(client)
        case "marathon_sd":
            let hasToken = isSet("auth_token") || isSet("auth_token_file")
            if isSet("auth_token"), isSet("auth_token_file") {
                throw error(
                    .conflict, "got both auth_token and auth_token_file, want one of them",
                    at: "auth_token_file")
            }
            if hasToken, client.basicAuth != nil {
                throw error(
                    .conflict, "got an auth_token beside basic_auth, want one login", at: "basic_auth")
            }
            if hasToken, has("bearer_token") || has("bearer_token_file") {
                throw error(
                    .conflict, "got an auth_token beside a bearer token, want one login", at: "auth_token")
            }
            if hasToken, client.authorization != nil {
                throw error(
                    .conflict, "got an auth_token beside authorization, want one login", at: "authorization")
            }
        case "outscale_sd", "scaleway_sd":
            if !isSet("secret_key"), !isSet("secret_key_file") {
                throw error(
                    .missingField, "neither secret_key nor secret_key_file is there, want one of them",
                    at: "secret_key")
            }
            if isSet("secret_key"), isSet("secret_key_file") {
                throw error(
                    .conflict, "at most neither secret_key nor secret_key_file is there, want one of them",
                    at: "secret_key_file")
            }
        case "puppetdb_sd": if isSet("url") { _ = try httpURL("url") }
        case "stackit_sd":
            if has("endpoint"), let endpoint = try string("endpoint"), !endpoint.isEmpty,
                !endpoint.hasPrefix("http://"), !endpoint.hasPrefix("https://")
            {
                throw error(
                    .invalidValue, "cannot use the endpoint \(LabelText.quoted(endpoint))", at: "endpoint")
            }
        default: break
        }
    }

    private func checkKubernetes(_ client: HTTPClientSettings) throws(ConfigurationError) {
        func isSet(_ name: String) -> Bool { !(value(name).map(\.isEmpty) ?? true) }
        let hasServer = isSet("api_server")
        let hasKubeconfig = isSet("kubeconfig_file")
        let isCustom = client != HTTPClientSettings()
        let namespaces = try section("namespaces")
        let ownNamespace = try namespaces?.bool("own_namespace") ?? false
        _ = try namespaces?.strings("names")
        try namespaces?.finish()
        if let attach = try section("attach_metadata") {
            _ = try attach.bool("node")
            _ = try attach.bool("namespace")
            _ = attach.value("pod")
            for name in ["deployment", "job", "cronjob"] { _ = try attach.bool(name) }
            try attach.finish()
        }
        if hasServer, hasKubeconfig {
            throw error(
                .conflict, "got both kubeconfig_file and api_server, want one of them", at: "kubeconfig_file")
        }
        if hasKubeconfig, isCustom {
            throw error(
                .conflict, "got settings of the HTTP client beside kubeconfig_file, which brings its own",
                at: "kubeconfig_file")
        }
        if !hasServer, isCustom {
            throw error(.conflict, "settings of the HTTP client need an api_server", at: "api_server")
        }
        if ownNamespace, hasServer {
            throw error(
                .conflict, "got both api_server and namespaces.own_namespace, want one of them",
                at: "namespaces")
        }
        if ownNamespace, hasKubeconfig {
            throw error(
                .conflict, "got both kubeconfig_file and namespaces.own_namespace, want one of them",
                at: "namespaces")
        }
        try checkSelectors(role: try string("role") ?? "")
    }

    private func checkSelectors(role: String) throws(ConfigurationError) {
        let allowed: [String: [String]] = [
            "pod": ["pod", "node"], "service": ["service"],
            "endpointslice": ["pod", "service", "endpointslice"],
            "endpoints": ["pod", "service", "endpoints"], "node": ["node"], "ingress": ["ingress"],
        ]
        var seen: Set<String> = []
        for selector in try sections("selectors", nullMessage: "an empty entry is no selector") {
            let selectorRole = try selector.string("role") ?? ""
            let texts = [try selector.string("label"), try selector.string("field")]
            try selector.finish()
            guard seen.insert(selectorRole).inserted else {
                throw selector.error(
                    .conflict, "the role \(selectorRole) has two selectors, want one", at: "role")
            }
            guard let roles = allowed[role], roles.contains(selectorRole) else {
                let roles = allowed[role]?.joined(separator: ", ") ?? "no"
                throw selector.error(
                    .invalidValue, "cannot select \(selectorRole) for the role \(role): want \(roles)",
                    at: "role")
            }
            for (name, text) in zip(["label", "field"], texts) {
                guard let text, !text.isEmpty else { continue }
                for term in text.split(separator: ",") where name == "field" && !term.contains("=") {
                    throw selector.error(
                        .invalidValue, "cannot read the selector '\(text)': '\(term)' has no =", at: name)
                }
            }
        }
    }
}

extension YAMLValue {
    /// Nothing, empty text, or a list or section without content.
    var isEmpty: Bool {
        switch content {
        case .null: true
        case .text(let text): text.isEmpty
        case .list(let items): items.isEmpty
        case .map(let entries): entries.isEmpty
        }
    }
}

"""Known sidecars: containers that stand beside a service and are hardly ever the service itself.

They are passed over when the primary container is chosen, unless a container is named like the
service. Patterns are matched as in `primary_container.is_sidecar`: with the container's name, or
with a `/` with its image without tag. `services.sidecars` of the fleet file adds to them.
"""

from typing import Final

KNOWN_SIDECARS: Final = (
    # service meshes
    "istio-proxy",
    "*/istio/proxyv2",
    "linkerd-proxy",
    "*/linkerd/proxy",
    "envoy-sidecar",
    "*/aws-appmesh-envoy",
    "consul-dataplane",
    "*/hashicorp/consul-dataplane",
    "kuma-sidecar",
    "daprd",
    "*/dapr/daprd",
    # proxies for authentication and authorization
    "kube-rbac-proxy",
    "*/kube-rbac-proxy",
    "oauth2-proxy",
    "*/oauth2-proxy",
    "oauth-proxy",
    "*/sigv4-proxy",
    "*/aws-sigv4-proxy",
    "*/openpolicyagent/opa",
    # proxies for databases
    "cloud-sql-proxy",
    "cloudsql-proxy",
    "*/cloud-sql-proxy",
    "*/cloudsql-docker/gce-proxy",
    "*/alloydb-auth-proxy",
    "pgbouncer",
    "*/pgbouncer",
    # secrets
    "vault-agent",
    "vault-agent-init",
    "*/vault-env",
    # logs
    "fluent-bit",
    "*/fluent-bit",
    "*/aws-for-fluent-bit",
    "fluentd",
    "*/fluentd",
    "filebeat",
    "*/filebeat",
    "promtail",
    "*/promtail",
    # metrics
    "*-exporter",
    "*/*-exporter",
    "*/*_exporter",
    "cloudwatch-agent",
    "*/cloudwatch-agent",
    # traces and agents of vendors
    "otel-collector",
    "otc-container",
    "*/opentelemetry-collector",
    "*/opentelemetry-collector-contrib",
    "*/aws-otel-collector",
    "jaeger-agent",
    "*/jaeger-agent",
    "xray-daemon",
    "*/aws-xray-daemon",
    "datadog-agent",
    "*/datadog/agent",
    "*/datadoghq/agent",
    "*/newrelic/infrastructure-k8s",
    # reloaders and synchronisers of configuration
    "config-reloader",
    "*/prometheus-config-reloader",
    "*/configmap-reload",
    "git-sync",
    "*/git-sync/git-sync",
    "*/k8s-sidecar",
    # sidecars of CSI drivers
    "csi-*",
    "*/csi-provisioner",
    "*/csi-attacher",
    "*/csi-resizer",
    "*/csi-snapshotter",
    "*/csi-node-driver-registrar",
    "*/livenessprobe",
)

"""Each entry of the list of known sidecars, with an image that it is there for."""

import pytest

from reldash.domain.grouping.known_sidecars import KNOWN_SIDECARS
from reldash.domain.grouping.primary_container import is_sidecar, primary_containers
from tests.unit.builders import observation

# A container by its name for patterns of names, by its public image for patterns of images.
EXAMPLES = {
    "istio-proxy": "istio-proxy",
    "*/istio/proxyv2": "docker.io/istio/proxyv2:1.22.0",
    "linkerd-proxy": "linkerd-proxy",
    "*/linkerd/proxy": "cr.l5d.io/linkerd/proxy:stable-2.14.10",
    "envoy-sidecar": "envoy-sidecar",
    "*/aws-appmesh-envoy": "public.ecr.aws/appmesh/aws-appmesh-envoy:v1.29.6.1-prod",
    "consul-dataplane": "consul-dataplane",
    "*/hashicorp/consul-dataplane": "docker.io/hashicorp/consul-dataplane:1.5.0",
    "kuma-sidecar": "kuma-sidecar",
    "daprd": "daprd",
    "*/dapr/daprd": "ghcr.io/dapr/daprd:1.13.0",
    "kube-rbac-proxy": "kube-rbac-proxy",
    "*/kube-rbac-proxy": "quay.io/brancz/kube-rbac-proxy:v0.18.0",
    "oauth2-proxy": "oauth2-proxy",
    "*/oauth2-proxy": "quay.io/oauth2-proxy/oauth2-proxy:v7.6.0",
    "oauth-proxy": "oauth-proxy",
    "*/sigv4-proxy": "registry.example.com/tools/sigv4-proxy:1.8",
    "*/aws-sigv4-proxy": "public.ecr.aws/aws-observability/aws-sigv4-proxy:1.8",
    "*/openpolicyagent/opa": "docker.io/openpolicyagent/opa:0.65.0-envoy",
    "cloud-sql-proxy": "cloud-sql-proxy",
    "cloudsql-proxy": "cloudsql-proxy",
    "*/cloud-sql-proxy": "gcr.io/cloud-sql-connectors/cloud-sql-proxy:2.11.0",
    "*/cloudsql-docker/gce-proxy": "gcr.io/cloudsql-docker/gce-proxy:1.33.2",
    "*/alloydb-auth-proxy": "gcr.io/alloydb-connectors/alloydb-auth-proxy:1.10.0",
    "pgbouncer": "pgbouncer",
    "*/pgbouncer": "docker.io/edoburu/pgbouncer:1.22.1",
    "vault-agent": "vault-agent",
    "vault-agent-init": "vault-agent-init",
    "*/vault-env": "ghcr.io/bank-vaults/vault-env:v1.22.1",
    "fluent-bit": "fluent-bit",
    "*/fluent-bit": "cr.fluentbit.io/fluent/fluent-bit:3.0.7",
    "*/aws-for-fluent-bit": "public.ecr.aws/aws-observability/aws-for-fluent-bit:2.32.0",
    "fluentd": "fluentd",
    "*/fluentd": "docker.io/fluent/fluentd:v1.17-1",
    "filebeat": "filebeat",
    "*/filebeat": "docker.elastic.co/beats/filebeat:8.14.0",
    "promtail": "promtail",
    "*/promtail": "docker.io/grafana/promtail:3.0.0",
    "*-exporter": "redis-exporter",
    "*/*-exporter": "quay.io/prometheuscommunity/postgres-exporter:v0.15.0",
    "*/*_exporter": "docker.io/oliver006/redis_exporter:v1.61.0",
    "cloudwatch-agent": "cloudwatch-agent",
    "*/cloudwatch-agent": "public.ecr.aws/cloudwatch-agent/cloudwatch-agent:1.300040",
    "otel-collector": "otel-collector",
    "otc-container": "otc-container",
    "*/opentelemetry-collector": "docker.io/otel/opentelemetry-collector:0.103.0",
    "*/opentelemetry-collector-contrib": "docker.io/otel/opentelemetry-collector-contrib:0.103.0",
    "*/aws-otel-collector": "public.ecr.aws/aws-observability/aws-otel-collector:v0.39.1",
    "jaeger-agent": "jaeger-agent",
    "*/jaeger-agent": "docker.io/jaegertracing/jaeger-agent:1.57",
    "xray-daemon": "xray-daemon",
    "*/aws-xray-daemon": "public.ecr.aws/xray/aws-xray-daemon:3.3.13",
    "datadog-agent": "datadog-agent",
    "*/datadog/agent": "docker.io/datadog/agent:7.54.0",
    "*/datadoghq/agent": "gcr.io/datadoghq/agent:7.54.0",
    "*/newrelic/infrastructure-k8s": "docker.io/newrelic/infrastructure-k8s:2.13.0",
    "config-reloader": "config-reloader",
    "*/prometheus-config-reloader": "quay.io/prometheus-operator/prometheus-config-reloader:v0.74",
    "*/configmap-reload": "docker.io/jimmidyson/configmap-reload:v0.13.1",
    "git-sync": "git-sync",
    "*/git-sync/git-sync": "registry.k8s.io/git-sync/git-sync:v4.2.3",
    "*/k8s-sidecar": "quay.io/kiwigrid/k8s-sidecar:1.27.4",
    "csi-*": "csi-provisioner",
    "*/csi-provisioner": "registry.k8s.io/sig-storage/csi-provisioner:v5.0.1",
    "*/csi-attacher": "registry.k8s.io/sig-storage/csi-attacher:v4.6.1",
    "*/csi-resizer": "registry.k8s.io/sig-storage/csi-resizer:v1.11.1",
    "*/csi-snapshotter": "registry.k8s.io/sig-storage/csi-snapshotter:v8.0.1",
    "*/csi-node-driver-registrar": "registry.k8s.io/sig-storage/csi-node-driver-registrar:v2.11.0",
    "*/livenessprobe": "registry.k8s.io/sig-storage/livenessprobe:v2.13.0",
}


def test_every_entry_has_an_example() -> None:
    assert EXAMPLES.keys() == set(KNOWN_SIDECARS)


@pytest.mark.parametrize("pattern", KNOWN_SIDECARS)
def test_a_known_sidecar_before_the_service_is_passed_over(pattern: str) -> None:
    example = EXAMPLES[pattern]
    by_image = "/" in pattern
    sidecar = observation(
        workload="shop-7",
        container="first" if by_image else example,
        image=example if by_image else "registry.example.com/tools/any:1",
        position=0,
    )
    main = observation(
        workload="shop-7", container="main", image="registry.example.com/team/x:1", position=1
    )
    assert is_sidecar(sidecar, (pattern,))
    assert primary_containers([("shop", [sidecar, main])], ()) == [main]


@pytest.mark.parametrize(
    ("container", "image"),
    [
        ("exporter", "registry.example.com/team/exporter:1"),
        ("proxy", "registry.example.com/team/proxy:1"),
        ("agent", "registry.example.com/team/agent:1"),
        ("opa-bundles", "registry.example.com/team/opa-bundles:1"),
        ("csi", "registry.example.com/team/csi:1"),
    ],
)
def test_a_service_with_a_similar_name_is_no_known_sidecar(container: str, image: str) -> None:
    assert not is_sidecar(observation(container=container, image=image), KNOWN_SIDECARS)

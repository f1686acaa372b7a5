"""The primary container of a workload."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations

import pytest

from reldash.domain.grouping.primary_container import is_sidecar, primary_containers
from reldash.domain.workloads.observations import ContainerRole, Observation
from tests.unit.builders import observation

SIDECARS = ("istio-proxy", "linkerd-proxy", "*/envoy")


def workload(
    *containers: tuple[str, str], name: str = "api-7", default: str | None = None
) -> list[Observation]:
    """Main containers, each by name and image, in the order of the pod template."""
    return [
        observation(workload=name, container=c, image=image, position=i, default_container=default)
        for i, (c, image) in enumerate(containers)
    ]


def primary(containers: Sequence[Observation], service: str = "api") -> str:
    [found] = primary_containers([(service, containers)], SIDECARS)
    assert found is not None
    return found.container


@pytest.mark.parametrize(
    ("container", "image", "role", "expected"),
    [
        ("istio-proxy", "istio/proxyv2:1.22", ContainerRole.MAIN, True),
        ("proxy", "docker.io/envoyproxy/envoy:v1.30", ContainerRole.MAIN, True),
        ("proxy", f"envoyproxy/envoy@sha256:{'a' * 64}", ContainerRole.MAIN, True),
        ("proxy", "envoy:v1.30", ContainerRole.MAIN, True),
        ("envoy", "r.io/gateway:1", ContainerRole.MAIN, False),
        ("proxy", "r.io/envoy-control:1", ContainerRole.MAIN, False),
        ("my-istio-proxy", "r.io/app:1", ContainerRole.MAIN, False),
        ("api", "r.io/api:1", ContainerRole.MAIN, False),
        ("api", "r.io/api:1", ContainerRole.SIDECAR, True),
        ("api", "r.io/api:1", ContainerRole.INIT, True),
        ("api", "not an image", ContainerRole.MAIN, False),
        ("api", "not/an image/envoy", ContainerRole.MAIN, True),
    ],
)
def test_a_sidecar_is_known_by_role_name_or_image(
    container: str, image: str, role: ContainerRole, expected: bool
) -> None:
    found = observation(container=container, image=image, role=role)

    assert is_sidecar(found, SIDECARS) is expected


@pytest.mark.parametrize(
    ("containers", "default", "expected"),
    [
        pytest.param(
            [("nginx", "nginx:1"), ("api", "r.io/api:1"), ("app", "r.io/app:1")],
            "app",
            "app",
            id="the annotation comes first",
        ),
        pytest.param(
            [("api", "r.io/api:1"), ("istio-proxy", "istio/proxyv2:1")],
            "istio-proxy",
            "istio-proxy",
            id="even if it names what is a sidecar elsewhere",
        ),
        pytest.param(
            [("nginx", "nginx:1"), ("api", "r.io/api:1")],
            "gone",
            "api",
            id="an annotation that names no container is passed over",
        ),
        pytest.param(
            [("nginx", "nginx:1"), ("api-7", "r.io/x:1"), ("api", "r.io/api:1")],
            None,
            "api",
            id="the one named like the service before the one named like the workload",
        ),
        pytest.param(
            [("nginx", "nginx:1"), ("api-7", "r.io/x:1")],
            None,
            "api-7",
            id="the one named like the workload",
        ),
        pytest.param(
            [("nginx", "nginx:1"), ("main", "r.io/team/api:1")],
            None,
            "main",
            id="the one whose repository ends in the name of the service",
        ),
        pytest.param(
            [("main", "r.io/x/api-7:1"), ("first", "r.io/team/api:1")],
            None,
            "first",
            id="by the service's repository before the workload's",
        ),
        pytest.param(
            [("main", "r.io/team/api:1"), ("api", "r.io/x:1")],
            None,
            "api",
            id="the service's container before its repository",
        ),
        pytest.param(
            [("istio-proxy", "istio/proxyv2:1"), ("x", "envoyproxy/envoy:1"), ("main", "r.io/a:1")],
            None,
            "main",
            id="the first that is no sidecar",
        ),
        pytest.param(
            [("istio-proxy", "istio/proxyv2:1")],
            None,
            "istio-proxy",
            id="of nothing but sidecars the first",
        ),
        pytest.param(
            [("linkerd-proxy", "linkerd/proxy:1"), ("api", "envoyproxy/envoy:1")],
            None,
            "api",
            id="of nothing but sidecars the one named like the service",
        ),
    ],
)
def test_a_workload_has_a_primary_container(
    containers: list[tuple[str, str]], default: str | None, expected: str
) -> None:
    assert primary(workload(*containers, default=default)) == expected


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        (("worker", "r.io/x:1"), "worker"),
        (("main", "r.io/team/worker:1"), "main"),
        (("main", "r.io/team/other:1"), "first"),
        (("api-7", "r.io/x:1"), "api-7"),
    ],
    ids=["by name", "by repository", "by neither", "the workload's name comes before"],
)
def test_the_component_names_the_primary_container(second: tuple[str, str], expected: str) -> None:
    labels = {"app.kubernetes.io/component": "worker"}
    containers = workload(("first", "r.io/a:1"), second)
    assert primary([replace(each, labels=labels) for each in containers]) == expected


def test_a_native_sidecar_or_init_container_is_never_primary() -> None:
    main = observation(container="main", position=0)
    native = replace(main, container="api", role=ContainerRole.SIDECAR)
    init = replace(main, container="api-init", role=ContainerRole.INIT, default_container="api")

    assert primary([native, init, main]) == "main"


def test_a_workload_without_main_containers_has_none() -> None:
    init = observation(role=ContainerRole.INIT)

    assert primary_containers([("api", [init])], SIDECARS) == [None]


def test_containers_in_another_order_in_one_environment_change_nothing() -> None:
    a, b = ("server", "r.io/server:1"), ("helper", "r.io/helper:1")
    for order in permutations([(a, b), (a, b), (b, a)]):
        found = primary_containers([("api", workload(*both)) for both in order], SIDECARS)

        assert [o.container for o in found if o] == ["server"] * 3


def test_where_as_many_put_one_first_as_the_other_all_choose_the_same() -> None:
    a, b = ("server", "r.io/server:1"), ("helper", "r.io/helper:1")
    found = primary_containers([("api", workload(a, b)), ("api", workload(b, a))], SIDECARS)

    assert len({o.container for o in found if o}) == 1


def test_a_choice_by_name_or_annotation_outweighs_any_number_by_position() -> None:
    by_position = workload(("x", "mirror.io/helper:1"), ("y", "mirror.io/server:1"))
    by_name = workload(("helper", "r.io/helper:1"), ("api", "r.io/server:1"))
    found = primary_containers(
        [("api", by_position), ("api", by_position), ("api", by_name)], SIDECARS
    )

    assert [o.container for o in found if o] == ["y", "y", "api"]


def test_a_container_that_is_alone_elsewhere_is_the_service() -> None:
    alone = workload(("main", "r.io/server:1"))
    joined = workload(("log", "r.io/log:1"), ("main", "r.io/server:2"))
    found = primary_containers([("api", alone), ("api", alone), ("api", joined)], SIDECARS)

    assert [o.image for o in found if o] == ["r.io/server:1", "r.io/server:1", "r.io/server:2"]


def test_a_sure_choice_stands_beside_a_service_of_the_same_name() -> None:
    orders = workload(("orders", "r.io/orders:1"), ("cache", "redis:7"), name="orders")
    cache = workload(("cache", "redis:7"), name="cache")
    found = primary_containers([("ms", orders), ("ms", cache), ("ms", cache)], SIDECARS)

    assert [o.container for o in found if o] == ["orders", "cache", "cache"]

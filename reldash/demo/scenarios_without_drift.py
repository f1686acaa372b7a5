"""Services whose deployments look unusual, but have no drift."""

from reldash.demo import workload_changes
from reldash.demo.catalogue import ISTIO, LabelStyle
from reldash.demo.scenario_parts import Scenario, TagRun, at_all_stages, static_service
from reldash.demo.workload import Kind

_OLD_NEW = (TagRun("1.8.0", 40), TagRun("1.9.0", 22))

WITHOUT_DRIFT: tuple[Scenario, ...] = (
    Scenario(  # promoted under another tag: one digest
        static_service("consent", "identity"),
        at_all_stages(
            TagRun("main-142-abc1234", 19, "2.3"),
            stg=(TagRun("release-2.3", 16, "2.3"),),
            eu=(TagRun("release-2.3", 12, "2.3"),),
            us=(TagRun("release-2.3", 12, "2.3"),),
        ),
    ),
    Scenario(  # an index: some nodes report its digest, some that of their platform's image
        static_service("thumbnailer", "catalog"),
        at_all_stages(TagRun("2.2.0", 26)),
        {"us": workload_changes.report_platforms("2.2.0")},
    ),
    Scenario(  # from Docker Hub, and from a copy in the company's registry
        static_service("rate-limits", "payments", repository="docker.io/library/memcached"),
        at_all_stages(TagRun("1.6.34", 50)),
        through=frozenset({"stg", "eu", "us"}),
    ),
    Scenario(  # the final release of the candidate that lit runs
        static_service("token-issuer", "identity", others=ISTIO),
        at_all_stages(
            TagRun("1.5.0-rc.2", 15),
            stg=(TagRun("1.5.0", 12),),
            eu=(TagRun("1.5.0", 8),),
            us=(TagRun("1.5.0", 8),),
        ),
    ),
    Scenario(  # skips lit and stg
        static_service("backup-runner", "infra", kind=Kind.CRON_JOB, schedule="0 1 * * *"),
        {"dev": (TagRun("1.3.0", 40),), "eu": (TagRun("1.3.0", 30),), "us": (TagRun("1.3.0", 30),)},
    ),
    Scenario(
        static_service("promotions", "checkout"),
        at_all_stages(*_OLD_NEW),
        {"stg": workload_changes.leave_dead_pods},
    ),
    Scenario(  # one name, two repositories
        static_service(
            "redis", "payments", repository="docker.io/library/redis", kind=Kind.STATEFUL_SET
        ),
        at_all_stages(TagRun("7.2.4-alpine", 90)),
    ),
    Scenario(
        static_service(
            "redis", "search", repository="docker.io/bitnami/redis", kind=Kind.STATEFUL_SET
        ),
        at_all_stages(TagRun("7.4.1-debian-12-r3", 80)),
    ),
    Scenario(  # Flagger keeps the name for a copy that serves nobody
        static_service(
            "recommendations-primary",
            "storefront",
            labels=LabelStyle.APP,
            repository="storefront/recommendations",
        ),
        at_all_stages(TagRun("2.0.3", 21), dev=(), lit=(), stg=()),
    ),
    Scenario(
        static_service("recommendations", "storefront", labels=LabelStyle.APP),
        at_all_stages(TagRun("2.0.3", 21)),
        {"eu": workload_changes.scale_to_zero, "us": workload_changes.scale_to_zero},
    ),
)

"""Services that each show one state or flag of drift permanently, from the start."""

from reldash.demo import workload_changes
from reldash.demo.build_sequence import TagScheme
from reldash.demo.catalogue import ENVOY, ISTIO, SQL_PROXY, LabelStyle
from reldash.demo.scenario_parts import Scenario, TagRun, at_all_stages, static_service
from reldash.demo.scenarios_without_drift import WITHOUT_DRIFT
from reldash.demo.workload import Hold, Kind

_AUDIT = (TagRun("1.1.0", 29),)
_OLD_NEW = (TagRun("1.8.0", 40), TagRun("1.9.0", 22))

SCENARIOS: tuple[Scenario, ...] = (
    # --- states
    Scenario(  # behind: stg has had the next version for five weeks
        static_service("invoicing", "billing", others=SQL_PROXY),
        at_all_stages(
            TagRun("2.11.0", 60),
            TagRun("2.12.0", 45),
            TagRun("2.14.1", 41),
            eu=(TagRun("2.11.0", 52),),
            us=(TagRun("2.11.0", 52),),
        ),
    ),
    Scenario(  # waiting: a patch reached stg four days ago
        static_service("pricing", "checkout"),
        at_all_stages(
            TagRun("6.2.3", 30),
            TagRun("6.2.4", 7),
            eu=(TagRun("6.2.3", 22),),
            us=(TagRun("6.2.3", 21),),
        ),
    ),
    Scenario(  # ahead: stg was rolled back, prod was not
        static_service("payment-gateway", "payments", others=ISTIO),
        at_all_stages(
            TagRun("4.8.1", 50),
            TagRun("4.8.2", 20),
            stg=(TagRun("4.8.1", 47), TagRun("4.8.2", 17), TagRun("4.8.1", 2)),
        ),
    ),
    Scenario(  # bypassed: a hotfix that went straight to prod
        static_service("card-vault", "payments", others=ISTIO),
        at_all_stages(
            TagRun("2.6.0", 35),
            eu=(TagRun("2.6.0", 29), TagRun("2.6.0-hotfix.1", 3)),
            us=(TagRun("2.6.0", 28), TagRun("2.6.0-hotfix.1", 3)),
        ),
    ),
    Scenario(  # diverged: commits have no order; this one never ran in dev and left the registry
        static_service(
            "query-suggest", "search", naming=TagScheme.SHORT_COMMIT, labels=LabelStyle.APP
        ),
        at_all_stages(
            TagRun("4be1c09", 33),
            TagRun("9f6c009", 18),
            eu=(TagRun("d07ab51", 9),),
            us=(TagRun("d07ab51", 9),),
        ),
        unpushed=frozenset({"d07ab51"}),
    ),
    Scenario(  # ahead by push time: stg went back to an earlier commit, prod did not
        static_service(
            "spell-check", "search", naming=TagScheme.SHORT_COMMIT, labels=LabelStyle.APP
        ),
        at_all_stages(
            TagRun("c41e2b7", 44),
            TagRun("0be93d5", 21),
            stg=(TagRun("c41e2b7", 41), TagRun("0be93d5", 18), TagRun("c41e2b7", 2)),
        ),
    ),
    Scenario(  # diverged: two variants of one version
        static_service("media-resizer", "catalog"),
        at_all_stages(
            TagRun("3.2.1-alpine", 26),
            eu=(TagRun("3.2.1-slim", 60),),
            us=(TagRun("3.2.1-slim", 60),),
        ),
    ),
    Scenario(  # absent in prod, and the fleet file expects it everywhere
        static_service("audit-trail", "risk"),
        at_all_stages(TagRun("1.1.0", 30), shared=_AUDIT, eu=(), us=()),
    ),
    Scenario(  # absent after it ran: the train removes it from stg
        static_service("landing-pages", "storefront"),
        at_all_stages(TagRun("5.0.0", 70), TagRun("5.1.0", 25)),
    ),
    Scenario(  # unknown: the only shared cluster that runs it rejects our credentials
        static_service("feature-store", "insights"),
        at_all_stages(TagRun("0.9.4", 28), far=(TagRun("0.9.4", 26),)),
    ),
    Scenario(  # stale: its shared cluster accepted our token once, then no more
        static_service("geo-lookup", "insights"),
        at_all_stages(TagRun("7.1.0", 28), ap=(TagRun("7.1.0", 26),)),
    ),
    Scenario(  # stale likewise
        static_service("currency-rates", "billing"),
        at_all_stages(TagRun("2.0.7", 31), ap=(TagRun("2.0.6", 60),)),
    ),
    # --- flags
    Scenario(  # tag_moved
        static_service("track-and-trace", "shipping", replicas=3),
        at_all_stages(TagRun("1.24.1", 24)),
        {"eu": workload_changes.push_same_tag_again},
        pushed_again="1.24.1",
    ),
    Scenario(  # tag_moved, visible only in the registry: every pod still runs the first build
        static_service("receipt-pdf", "billing"),
        at_all_stages(TagRun("4.0.3", 34)),
        pushed_again="4.0.3",
    ),
    Scenario(  # rebuilt: built again for prod from the same source
        static_service("tax-calculator", "checkout"),
        at_all_stages(
            TagRun("3.4.0", 27),
            eu=(TagRun("3.4.0", 20, "rebuilt for prod"),),
            us=(TagRun("3.4.0", 20, "rebuilt for prod"),),
        ),
    ),
    Scenario(  # stuck and degraded: an image that nobody pushed
        static_service("address-check", "shipping"),
        at_all_stages(
            *_OLD_NEW, TagRun("1.10.0", 0.5), lit=_OLD_NEW, stg=_OLD_NEW, eu=_OLD_NEW, us=_OLD_NEW
        ),
        {"dev": workload_changes.fail_image_pull},
        unpushed=frozenset({"1.10.0"}),
    ),
    Scenario(  # stuck in prod
        static_service("kyc-check", "risk", others=ISTIO),
        at_all_stages(
            TagRun("2.2.0", 55), TagRun("2.3.0", 14), us=(TagRun("2.2.0", 48), TagRun("2.3.0", 0.2))
        ),
        {"us": workload_changes.fail_image_pull},
    ),
    Scenario(  # degraded: one of two crashes
        static_service("mail-relay", "messaging"),
        at_all_stages(TagRun("1.6.1", 23)),
        {"stg": workload_changes.crash},
    ),
    Scenario(  # mixed: the regions disagree
        static_service("carrier-gateway", "shipping"),
        at_all_stages(TagRun("5.1.3", 48), TagRun("5.2.0", 21), us=(TagRun("5.1.3", 40),)),
    ),
    Scenario(  # partial by a partition
        static_service("event-bus", "messaging", kind=Kind.STATEFUL_SET, replicas=3),
        at_all_stages(
            TagRun("3.9.0", 50), TagRun("3.9.1", 9), eu=(TagRun("3.9.0", 43), TagRun("3.9.1", 1))
        ),
        {"eu": workload_changes.stop_rollout(Hold.PARTITION, 1)},
    ),
    Scenario(  # partial by OnDelete
        static_service("node-metrics", "infra", kind=Kind.DAEMON_SET, replicas=3),
        at_all_stages(TagRun("0.30.0", 45), TagRun("0.30.2", 12)),
        {"stg": workload_changes.stop_rollout(Hold.ON_DELETE, 1)},
    ),
    Scenario(  # partial by a paused Deployment
        static_service("subscription-api", "billing", replicas=3),
        at_all_stages(TagRun("8.0.1", 33), TagRun("8.1.0", 8)),
        {"us": workload_changes.stop_rollout(Hold.PAUSED, 1)},
    ),
    Scenario(  # a canary that waits for someone
        static_service("checkout-web", "checkout", others=ISTIO, argo="canary", replicas=4),
        at_all_stages(TagRun("1.4.2", 30), TagRun("1.5.0", 8)),
        {
            "eu": workload_changes.stop_rollout(Hold.CANARY_PAUSE, 1),
            "us": workload_changes.stop_rollout(Hold.CANARY_PAUSE, 1),
        },
    ),
    Scenario(  # a canary that was aborted
        static_service("search-ui", "search", others=ENVOY, argo="canary", replicas=3),
        at_all_stages(TagRun("3.6.0", 34), TagRun("3.7.0", 9)),
        {
            "eu": workload_changes.stop_rollout(Hold.ABORTED, 0),
            "us": workload_changes.stop_rollout(Hold.ABORTED, 0),
        },
    ),
    Scenario(  # blue-green, the preview waiting for promotion
        static_service("storefront", "storefront", others=ISTIO, argo="blueGreen"),
        at_all_stages(TagRun("12.3.0", 31), TagRun("12.4.0", 8)),
        {"eu": workload_changes.stop_rollout(Hold.PREVIEW_PAUSE, 2)},
    ),
    Scenario(  # unpinned
        static_service("config-api", "infra", naming=TagScheme.LATEST, labels=LabelStyle.APP),
        at_all_stages(TagRun("latest", 29, "one build")),
    ),
    Scenario(  # unpinned by a bare major
        static_service(
            "web-fonts", "storefront", repository="docker.io/library/nginx", labels=LabelStyle.BARE
        ),
        at_all_stages(TagRun("1", 44, "nginx 1")),
    ),
    Scenario(
        static_service("label-printer", "shipping"),
        at_all_stages(TagRun("3.3.0", 60), TagRun("3.3.1", 25)),
        {"stg": workload_changes.edit_pod},
    ),
    Scenario(  # rolling: the train keeps releasing it in dev
        static_service("ab-testing", "insights", replicas=6), at_all_stages(TagRun("0.41.0", 32))
    ),
    Scenario(
        static_service("report-builder", "insights"),
        at_all_stages(TagRun("2.9.3", 25)),
        {"lit": workload_changes.scale_to_zero},
    ),
    Scenario(
        static_service("vat-report", "billing", kind=Kind.CRON_JOB, schedule="30 4 1 * *"),
        at_all_stages(TagRun("2026.9.14", 60)),
        {"lit": workload_changes.suspend},
    ),
    Scenario(  # unchecked: pods must not be listed at the edge
        static_service("edge-router", "edge", others=ENVOY),
        at_all_stages(TagRun("4.4.0", 37), eu=(), us=(), edge=(TagRun("4.4.0", 29),)),
    ),
    Scenario(  # unchecked, and behind by a major version
        static_service("edge-cache", "edge"),
        at_all_stages(TagRun("1.17.2", 37), eu=(), us=(), edge=(TagRun("0.9.8", 80),)),
    ),
    *WITHOUT_DRIFT,
)

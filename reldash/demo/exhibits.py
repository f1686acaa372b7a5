"""Services set up to show one state or flag of drift each, for good, from the first minute."""

from reldash.demo import twists
from reldash.demo.builds import Naming
from reldash.demo.catalogue import ENVOY, ISTIO, SQL_PROXY, Labels
from reldash.demo.exhibit import Exhibit, Ran, chain, fixed
from reldash.demo.workload import Hold, Kind

_AUDIT = (Ran("1.1.0", 29),)
_OLD_NEW = (Ran("1.8.0", 40), Ran("1.9.0", 22))

EXHIBITS: tuple[Exhibit, ...] = (
    # --- states
    Exhibit(  # behind: stg has had the next one for five weeks
        fixed("invoicing", "billing", others=SQL_PROXY),
        chain(
            Ran("2.11.0", 60),
            Ran("2.12.0", 45),
            Ran("2.14.1", 41),
            eu=(Ran("2.11.0", 52),),
            us=(Ran("2.11.0", 52),),
        ),
    ),
    Exhibit(  # waiting: a patch that came to stg four days ago
        fixed("pricing", "checkout"),
        chain(Ran("6.2.3", 30), Ran("6.2.4", 7), eu=(Ran("6.2.3", 22),), us=(Ran("6.2.3", 21),)),
    ),
    Exhibit(  # ahead: stg was rolled back, prod was not
        fixed("payment-gateway", "payments", others=ISTIO),
        chain(
            Ran("4.8.1", 50),
            Ran("4.8.2", 20),
            stg=(Ran("4.8.1", 47), Ran("4.8.2", 17), Ran("4.8.1", 2)),
        ),
    ),
    Exhibit(  # bypassed: a hotfix that went straight to prod
        fixed("card-vault", "payments", others=ISTIO),
        chain(
            Ran("2.6.0", 35),
            eu=(Ran("2.6.0", 29), Ran("2.6.0-hotfix.1", 3)),
            us=(Ran("2.6.0", 28), Ran("2.6.0-hotfix.1", 3)),
        ),
    ),
    Exhibit(  # diverged: commits say no order, this one never ran in dev, and the registry lost it
        fixed("query-suggest", "search", naming=Naming.SHORT_COMMIT, labels=Labels.APP),
        chain(
            Ran("4be1c09", 33), Ran("9f6c009", 18), eu=(Ran("d07ab51", 9),), us=(Ran("d07ab51", 9),)
        ),
        unpushed=frozenset({"d07ab51"}),
    ),
    Exhibit(  # ahead by push time: stg went back to an earlier commit, prod did not
        fixed("spell-check", "search", naming=Naming.SHORT_COMMIT, labels=Labels.APP),
        chain(
            Ran("c41e2b7", 44),
            Ran("0be93d5", 21),
            stg=(Ran("c41e2b7", 41), Ran("0be93d5", 18), Ran("c41e2b7", 2)),
        ),
    ),
    Exhibit(  # diverged: two variants of an image
        fixed("media-resizer", "catalog"),
        chain(Ran("3.2.1-alpine", 26), eu=(Ran("3.2.0-slim", 60),), us=(Ran("3.2.0-slim", 60),)),
    ),
    Exhibit(  # absent in prod, and the fleet file expects it everywhere
        fixed("audit-trail", "risk"), chain(Ran("1.1.0", 30), shared=_AUDIT, eu=(), us=())
    ),
    Exhibit(  # absent after it ran: the train takes it away from stg
        fixed("landing-pages", "storefront"), chain(Ran("5.0.0", 70), Ran("5.1.0", 25))
    ),
    Exhibit(  # unknown: the only shared cluster that it runs in refuses us
        fixed("feature-store", "insights"), chain(Ran("0.9.4", 28), far=(Ran("0.9.4", 26),))
    ),
    Exhibit(  # stale: its shared cluster took our token once, and then no more
        fixed("geo-lookup", "insights"), chain(Ran("7.1.0", 28), ap=(Ran("7.1.0", 26),))
    ),
    Exhibit(  # stale likewise
        fixed("currency-rates", "billing"), chain(Ran("2.0.7", 31), ap=(Ran("2.0.6", 60),))
    ),
    # --- flags
    Exhibit(  # tag_moved
        fixed("track-and-trace", "shipping", replicas=3),
        chain(Ran("1.24.1", 24)),
        {"eu": twists.push_same_tag_again},
        pushed_again="1.24.1",
    ),
    Exhibit(  # tag_moved, as only the registry can tell: every pod still runs the first build
        fixed("receipt-pdf", "billing"),
        chain(Ran("4.0.3", 34)),
        pushed_again="4.0.3",
    ),
    Exhibit(  # rebuilt: built again for prod from the same source
        fixed("tax-calculator", "checkout"),
        chain(
            Ran("3.4.0", 27),
            eu=(Ran("3.4.0", 20, "rebuilt for prod"),),
            us=(Ran("3.4.0", 20, "rebuilt for prod"),),
        ),
    ),
    Exhibit(  # stuck and degraded: an image that nobody pushed
        fixed("address-check", "shipping"),
        chain(*_OLD_NEW, Ran("1.10.0", 0.5), lit=_OLD_NEW, stg=_OLD_NEW, eu=_OLD_NEW, us=_OLD_NEW),
        {"dev": twists.never_pulled},
        unpushed=frozenset({"1.10.0"}),
    ),
    Exhibit(  # stuck in prod
        fixed("kyc-check", "risk", others=ISTIO),
        chain(Ran("2.2.0", 55), Ran("2.3.0", 14), us=(Ran("2.2.0", 48), Ran("2.3.0", 0.2))),
        {"us": twists.never_pulled},
    ),
    Exhibit(  # degraded: one of two crashes
        fixed("mail-relay", "messaging"), chain(Ran("1.6.1", 23)), {"stg": twists.crash}
    ),
    Exhibit(  # mixed: the regions disagree
        fixed("carrier-gateway", "shipping"),
        chain(Ran("5.1.3", 48), Ran("5.2.0", 21), us=(Ran("5.1.3", 40),)),
    ),
    Exhibit(  # partial by a partition
        fixed("event-bus", "messaging", kind=Kind.STATEFUL_SET, replicas=3),
        chain(Ran("3.9.0", 50), Ran("3.9.1", 9), eu=(Ran("3.9.0", 43), Ran("3.9.1", 1))),
        {"eu": twists.held(Hold.PARTITION, 1)},
    ),
    Exhibit(  # partial by OnDelete
        fixed("node-metrics", "infra", kind=Kind.DAEMON_SET, replicas=3),
        chain(Ran("0.30.0", 45), Ran("0.30.2", 12)),
        {"stg": twists.held(Hold.ON_DELETE, 1)},
    ),
    Exhibit(  # partial by a paused Deployment
        fixed("subscription-api", "billing", replicas=3),
        chain(Ran("8.0.1", 33), Ran("8.1.0", 8)),
        {"us": twists.held(Hold.PAUSED, 1)},
    ),
    Exhibit(  # a canary that waits for someone
        fixed("checkout-web", "checkout", others=ISTIO, argo="canary", replicas=4),
        chain(Ran("1.4.2", 30), Ran("1.5.0", 8)),
        {"eu": twists.held(Hold.CANARY_PAUSE, 1), "us": twists.held(Hold.CANARY_PAUSE, 1)},
    ),
    Exhibit(  # a canary that was aborted
        fixed("search-ui", "search", others=ENVOY, argo="canary", replicas=3),
        chain(Ran("3.6.0", 34), Ran("3.7.0", 9)),
        {"eu": twists.held(Hold.ABORTED, 0), "us": twists.held(Hold.ABORTED, 0)},
    ),
    Exhibit(  # blue-green, the preview waiting for promotion
        fixed("storefront", "storefront", others=ISTIO, argo="blueGreen"),
        chain(Ran("12.3.0", 31), Ran("12.4.0", 8)),
        {"eu": twists.held(Hold.PREVIEW_PAUSE, 2)},
    ),
    Exhibit(  # unpinned
        fixed("config-api", "infra", naming=Naming.LATEST, labels=Labels.APP),
        chain(Ran("latest", 29, "one build")),
    ),
    Exhibit(  # unpinned by a bare major
        fixed("web-fonts", "storefront", repository="docker.io/library/nginx", labels=Labels.BARE),
        chain(Ran("1", 44, "nginx 1")),
    ),
    Exhibit(
        fixed("label-printer", "shipping"),
        chain(Ran("3.3.0", 60), Ran("3.3.1", 25)),
        {"stg": twists.edit_pod},
    ),
    Exhibit(  # rolling: the train never lets it rest in dev
        fixed("ab-testing", "insights", replicas=6), chain(Ran("0.41.0", 32))
    ),
    Exhibit(
        fixed("report-builder", "insights"),
        chain(Ran("2.9.3", 25)),
        {"lit": twists.scale_to_zero},
    ),
    Exhibit(
        fixed("vat-report", "billing", kind=Kind.CRON_JOB, schedule="30 4 1 * *"),
        chain(Ran("2026.9.14", 60)),
        {"lit": twists.suspend},
    ),
    Exhibit(  # unchecked: pods may not be read at the edge
        fixed("edge-router", "edge", others=ENVOY),
        chain(Ran("4.4.0", 37), eu=(), us=(), edge=(Ran("4.4.0", 29),)),
    ),
    Exhibit(  # unchecked, and behind by a major version
        fixed("edge-cache", "edge"),
        chain(Ran("1.17.2", 37), eu=(), us=(), edge=(Ran("0.9.8", 80),)),
    ),
    # --- awkward, and no drift
    Exhibit(  # promoted under another tag: one digest
        fixed("consent", "identity"),
        chain(
            Ran("main-142-abc1234", 19, "2.3"),
            stg=(Ran("release-2.3", 16, "2.3"),),
            eu=(Ran("release-2.3", 12, "2.3"),),
            us=(Ran("release-2.3", 12, "2.3"),),
        ),
    ),
    Exhibit(  # an index: some nodes report it, some the image of their platform
        fixed("thumbnailer", "catalog"),
        chain(Ran("2.2.0", 26)),
        {"us": twists.report_platforms("2.2.0")},
    ),
    Exhibit(  # Docker Hub's, and a copy of it in the company's registry
        fixed("rate-limits", "payments", repository="docker.io/library/memcached"),
        chain(Ran("1.6.34", 50)),
        through=frozenset({"stg", "eu", "us"}),
    ),
    Exhibit(  # the final release of the candidate that lit runs
        fixed("token-issuer", "identity", others=ISTIO),
        chain(
            Ran("1.5.0-rc.2", 15),
            stg=(Ran("1.5.0", 12),),
            eu=(Ran("1.5.0", 8),),
            us=(Ran("1.5.0", 8),),
        ),
    ),
    Exhibit(  # skips lit and stg
        fixed("backup-runner", "infra", kind=Kind.CRON_JOB, schedule="0 1 * * *"),
        {"dev": (Ran("1.3.0", 40),), "eu": (Ran("1.3.0", 30),), "us": (Ran("1.3.0", 30),)},
    ),
    Exhibit(fixed("promotions", "checkout"), chain(*_OLD_NEW), {"stg": twists.leave_dead_pods}),
    Exhibit(  # one name, two repositories
        fixed("redis", "payments", repository="docker.io/library/redis", kind=Kind.STATEFUL_SET),
        chain(Ran("7.2.4-alpine", 90)),
    ),
    Exhibit(
        fixed("redis", "search", repository="docker.io/bitnami/redis", kind=Kind.STATEFUL_SET),
        chain(Ran("7.4.1-debian-12-r3", 80)),
    ),
    Exhibit(  # Flagger keeps the name for a copy that serves nobody
        fixed(
            "recommendations-primary",
            "storefront",
            labels=Labels.APP,
            repository="storefront/recommendations",
        ),
        chain(Ran("2.0.3", 21), dev=(), lit=(), stg=()),
    ),
    Exhibit(
        fixed("recommendations", "storefront", labels=Labels.APP),
        chain(Ran("2.0.3", 21)),
        {"eu": twists.scale_to_zero, "us": twists.scale_to_zero},
    ),
)

"""The line of the clusters page about insecure access."""

from reldash.ui.clusters.page import insecure_words


def test_clusters_with_insecure_access_are_named() -> None:
    assert insecure_words(["dev", "lab"]) == (
        "Insecure access is allowed for dev and lab (allow_insecure in the fleet file):"
        " encryption or the server's certificate may be missing, and what is shown of them"
        " may be forged."
    )

"""`reldash collect`: read the clusters and record what they run."""

import signal
import sys
import threading

import click
import pandas as pd

from reldash.commands.output import format_option, opened, print_frame
from reldash.domain.workloads.reads import ReadFailure
from reldash.errors import ConfigurationError
from reldash.services.collecting.collector import Collector, ReadOutcome
from reldash.services.collecting.jobs import list_jobs
from reldash.services.context import Context
from reldash.services.discovery import region_text, report_discovery


@click.command()
@click.option("--once", is_flag=True, help="Read every cluster once and stop.")
@click.option(
    "--cluster",
    "names",
    multiple=True,
    metavar="NAME",
    help="Read only this cluster, once. Repeatable.",
)
@format_option
def collect(once: bool, names: tuple[str, ...], output: str) -> None:
    """Read the clusters and record what they run.

    Without --once and --cluster it runs until it is stopped, reading each cluster at the
    configured interval. With either option it exits with 1 if a cluster could not be read, or if
    discovery failed in a region.
    """
    with opened() as context:
        if not once and not names:
            run_until_stopped(Collector(context))
            return
        collector = Collector(context)
        jobs = list_jobs(context)
        if not set(names) <= set(context.cluster_names) or not names:
            collector.work(job for job in jobs if job.goes_first)
        refuse_unknown(context, names)
        outcomes = collector.collect(names or None)
        if not names:
            collector.work(job for job in jobs if not job.goes_first)
        collector.stop()
        print_frame(outcome_frame(outcomes), output)
        read = {outcome.cluster for outcome in outcomes}
        for name in names or context.cluster_names:
            if name not in read:
                click.echo(f"{name}: skipped, another collector is reading it", err=True)
        failed = [] if names else failed_regions(context)
        for line in failed:
            click.echo(line, err=True)
        if failed or any(isinstance(outcome, ReadFailure) for outcome in outcomes):
            sys.exit(1)


def refuse_unknown(context: Context, names: tuple[str, ...]) -> None:
    """Raise ConfigurationError for a name that is not a cluster of the fleet."""
    for name in names:
        if name not in context.cluster_names:
            expected = ", ".join(context.cluster_names) or "a discovered cluster"
            raise ConfigurationError(
                "Unknown cluster", f"--cluster {name}: expected one of {expected}"
            )


def failed_regions(context: Context) -> list[str]:
    """A line for each region in which discovery failed the last time."""
    report = report_discovery(context)
    return [
        f"discovery in {region_text(each.region, each.role_arn)}: {each.error_title}:"
        f" {each.error_message}"
        for each in (report.regions if report else ())
        if each.error_title
    ]


def run_until_stopped(collector: Collector) -> None:
    """Collect in the background until SIGINT or SIGTERM."""
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    collector.start()
    click.echo("Collecting; press Ctrl-C to stop", err=True)
    stopped.wait()
    collector.stop()


def outcome_frame(outcomes: list[ReadOutcome]) -> pd.DataFrame:
    """One row for each cluster: cluster, outcome, containers, seconds, error, mend (remedy)."""
    rows: list[tuple[str, str, int | None, float, str, str]] = []
    for outcome in outcomes:
        seconds = round((outcome.finished_at - outcome.started_at).total_seconds(), 2)
        if isinstance(outcome, ReadFailure):
            error = f"{outcome.title}: {outcome.message}"
            rows.append((outcome.cluster, "failed", None, seconds, error, outcome.remedy))
        else:
            refused = (part for part in outcome.unread if not part.is_by_choice)
            unread = "; ".join(f"{part.kind}: {part.title}" for part in refused)
            count = len(outcome.observations)
            rows.append((outcome.cluster, "collected", count, seconds, unread, ""))
    frame = pd.DataFrame(
        rows, columns=["cluster", "outcome", "containers", "seconds", "error", "mend"]
    )
    return frame.astype({"containers": "Int64"})

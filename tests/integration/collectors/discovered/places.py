"""Where clusters are looked for, and looking."""

from reldash.services.collecting.collector import Collector
from reldash.services.collecting.jobs import list_jobs
from reldash.services.context import Context
from reldash.services.discovery import DISCOVERY
from tests.integration.collectors.aws_front import OTHER_ROLE, REGION

TAGS = {"release-dashboard": "platform", "environment": "dev"}
ELSEWHERE = "us-east-1"
EXTERNAL_ID = "an-external-id"
FILE = f"""\
environments: [dev, prod]
dashboards: {{platform: {{environments: [dev, prod]}}}}
discover:
  - eks: {{regions: [{REGION}, {ELSEWHERE}]}}
  - eks: {{regions: {REGION}, role_arn: "{OTHER_ROLE}", external_id: {EXTERNAL_ID}}}
"""


def look(context: Context) -> Collector:
    """Look for clusters once; returns the collector that did."""
    collector = Collector(context)
    collector.work(job for job in list_jobs(context) if job.name == DISCOVERY)
    return collector

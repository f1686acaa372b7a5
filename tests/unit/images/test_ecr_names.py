"""Hosts of private ECR registries, with account and region."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reldash.domain.images.ecr_names import EcrRegistry, parse_ecr

REGIONS = [
    "eu-west-1",
    "us-east-1",
    "ap-southeast-2",
    "us-gov-west-1",
    "cn-north-1",
    "eusc-de-east-1",
]
FORMS = [
    "{account}.dkr.ecr.{region}.amazonaws.com",
    "{account}.dkr.ecr-fips.{region}.amazonaws.com",
    "{account}.dkr.ecr.{region}.amazonaws.com.cn",
    "{account}.dkr.ecr.{region}.amazonaws.eu",
    "{account}.dkr-ecr.{region}.on.aws",
    "{account}.dkr-ecr-fips.{region}.on.aws",
    "{account}.dkr-ecr.{region}.on.amazonwebservices.com.cn",
]


@given(
    account=st.from_regex(r"[0-9]{12}", fullmatch=True),
    region=st.sampled_from(REGIONS),
    form=st.sampled_from(FORMS),
)
def test_a_host_of_ecr_names_its_account_and_region(account: str, region: str, form: str) -> None:
    host = form.format(account=account, region=region)

    assert parse_ecr(host) == EcrRegistry(account, region, host)


def test_a_host_is_the_same_in_capitals() -> None:
    found = parse_ecr("123456789012.DKR.ECR.EU-WEST-1.amazonaws.com")

    assert found is not None
    assert found.region == "eu-west-1"


@pytest.mark.parametrize(
    "host",
    [
        "",
        "docker.io",
        "public.ecr.aws",
        "12345678901.dkr.ecr.eu-west-1.amazonaws.com",
        "1234567890123.dkr.ecr.eu-west-1.amazonaws.com",
        "account.dkr.ecr.eu-west-1.amazonaws.com",
        "123456789012.dkr.ecr.eu-west-1.amazonaws.com.evil.example",
        "evil.123456789012.dkr.ecr.eu-west-1.amazonaws.com",
        "123456789012.dkr.ecr..amazonaws.com",
        "123456789012.dkr.ecr.eu-west-1.on.aws",
        "123456789012.dkr-ecr.eu-west-1.amazonaws.com",
        "123456789012xdkr.ecr.eu-west-1.amazonaws.com",
        "123456789012.dkr.ecr.eu-west-1.amazonaws.com:443",
    ],
)
def test_other_hosts_are_no_ecr_registries(host: str) -> None:
    assert parse_ecr(host) is None


@given(st.text(max_size=80))
def test_no_text_breaks_the_parser(text: str) -> None:
    found = parse_ecr(text)

    assert found is None or (found.host == text and len(found.account) == 12)

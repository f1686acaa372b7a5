"""One real server for the tests of a file, with the controllers if requested."""

from collections.abc import Iterator

import pytest

from tests.integration.envtest.controllers import Workloads, controllers
from tests.integration.envtest.server import RealServer, real_server


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    """Run a kube-apiserver that holds nothing yet."""
    with real_server(tmp_path_factory.mktemp("envtest")) as server:
        yield server


@pytest.fixture(scope="module")
def workloads(real: RealServer) -> Iterator[Workloads]:
    """Run the controllers of workloads beside it."""
    with controllers(real) as made:
        yield made

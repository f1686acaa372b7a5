"""Settings come from the environment and .env; each fault is told in one line."""

from pathlib import Path

import pytest

from reldash.config import load_settings
from reldash.config.environment import PROJECT_FOLDER
from reldash.config.settings import VARIABLES
from reldash.errors import ConfigurationError

DATABASE = "expected postgresql://USER:PASSWORD@HOST:PORT/DATABASE"
NAMES = "a name listed in .env.example"


@pytest.fixture(autouse=True)
def folder(no_settings: Path) -> Path:
    """The working directory."""
    return no_settings


def message() -> str:
    with pytest.raises(ConfigurationError) as raised:
        load_settings()
    assert raised.value.title == "Invalid settings"
    return raised.value.message


def test_everything_has_a_default() -> None:
    settings = load_settings()
    assert (settings.database_url, settings.collect) == (None, "inline")
    assert (settings.fleet, settings.base_url) == (Path("fleet.yaml"), "http://localhost:8501")
    assert settings.data_folder == PROJECT_FOLDER / ".data"


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ann")
    monkeypatch.setenv("DATABASE_URL", "postgres://u:s3cret@db/x")
    monkeypatch.setenv("RELDASH_FLEET", "~/fleet.yaml")
    monkeypatch.setenv("RELDASH_DATA", "/var/lib/reldash")
    monkeypatch.setenv("RELDASH_COLLECT", "off")
    monkeypatch.setenv("RELDASH_BASE_URL", "https://releases.example.com/")
    settings = load_settings()
    assert settings.database_url is not None
    assert settings.database_url.get_secret_value() == "postgres://u:s3cret@db/x"
    assert settings.fleet == Path("/home/ann/fleet.yaml")
    assert settings.data_folder == Path("/var/lib/reldash")
    assert (settings.collect, settings.base_url) == ("off", "https://releases.example.com")


def test_the_database_url_is_kept_out_of_what_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://u:s3cret@db/x")
    assert "s3cret" not in repr(load_settings()) + str(load_settings())


def test_env_files_of_project_and_working_directory_are_read(folder: Path) -> None:
    (folder / "project").mkdir()
    (folder / "project/.env").write_text("RELDASH_COLLECT=off\nRELDASH_FLEET=project.yaml\n")
    (folder / ".env").write_text("# mine\nexport RELDASH_FLEET=here.yaml\nPROD_TOKEN=x\n")
    settings = load_settings()
    assert (settings.collect, settings.fleet) == ("off", Path("here.yaml"))


def test_the_environment_goes_before_env_files(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / ".env").write_text("RELDASH_COLLECT=inline\n")
    monkeypatch.setenv("RELDASH_COLLECT", "off")
    assert load_settings().collect == "off"


def test_an_empty_variable_counts_as_unset(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / ".env").write_text("DATABASE_URL=\n")
    monkeypatch.setenv("RELDASH_COLLECT", "")
    settings = load_settings()
    assert (settings.database_url, settings.collect) == (None, "inline")


FAULTS = {
    "a misspelt setting": (
        {"RELDASH_COLECT": "off"},
        f"environment: RELDASH_COLECT: unknown setting, expected {NAMES}; "
        'did you mean "RELDASH_COLLECT"?',
    ),
    "the database under another name": (
        {"RELDASH_DATABASE_URL": "postgresql://u:s3cret@db/x"},
        f"environment: RELDASH_DATABASE_URL: unknown setting, expected {NAMES}; "
        'did you mean "DATABASE_URL"?',
    ),
    "another word": (
        {"RELDASH_COLLECT": "inlin"},
        'environment: RELDASH_COLLECT: "inlin", expected inline or off; did you mean "inline"?',
    ),
    "another database": (
        {"DATABASE_URL": "mysql://u:s3cret@db/x"},
        f"environment: DATABASE_URL: a value not shown here, {DATABASE}",
    ),
    "an address without http": (
        {"RELDASH_BASE_URL": "releases.example.com"},
        'environment: RELDASH_BASE_URL: "releases.example.com", '
        "expected http[s]://HOST[:PORT][/PATH], without user and password",
    ),
}


@pytest.mark.parametrize(("variables", "expected"), FAULTS.values(), ids=FAULTS)
def test_a_fault_names_the_variable_and_what_was_expected(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], expected: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert message() == expected


ENV_FILES = {
    "a wrong value": (
        "\n# none\nRELDASH_COLLECT=never\n",
        '.env:3: RELDASH_COLLECT: "never", expected inline or off',
    ),
    "a misspelt setting": (
        "A=1\n\nRELDASH_FLET=x\n",
        f'.env:3: RELDASH_FLET: unknown setting, expected {NAMES}; did you mean "RELDASH_FLEET"?',
    ),
    "a line that is broken": ("A=1\nB='s3cret\n", ".env:2: an invalid line, expected NAME=value"),
    "a line without =": (
        "RELDASH_COLLECT off\n",
        ".env:1: an invalid line, expected NAME=value",
    ),
    "a name alone": ("RELDASH_COLLECT\n", ".env:1: a line without =, expected NAME=value"),
}


@pytest.mark.parametrize(("text", "expected"), ENV_FILES.values(), ids=ENV_FILES)
def test_a_fault_of_an_env_file_names_its_line(folder: Path, text: str, expected: str) -> None:
    (folder / ".env").write_text(text)
    assert message() == expected


def test_an_env_file_that_is_not_utf8_is_told(folder: Path) -> None:
    (folder / ".env").write_bytes(b"A=\xff\n")
    assert message() == f"{folder / '.env'}: not readable, expected a text file in UTF-8"


def test_the_example_lists_every_setting() -> None:
    example = (PROJECT_FOLDER / ".env.example").read_text(encoding="utf-8")
    listed = [line.removeprefix("#").partition("=")[0] for line in example.splitlines()]
    assert [name for name in listed if name in VARIABLES.values()] == list(VARIABLES.values())


def test_the_example_uncommented_is_sound(folder: Path) -> None:
    example = (PROJECT_FOLDER / ".env.example").read_text(encoding="utf-8")
    lines = [line.removeprefix("#") for line in example.splitlines() if not line.startswith("# ")]
    (folder / ".env").write_text("\n".join(lines))
    assert load_settings().fleet == Path("fleet.yaml")

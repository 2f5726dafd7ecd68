"""Where settings come from, which source wins, and what a mistake looks like."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from semsearch.errors import SettingsError
from semsearch.settings import Settings, load_settings

ROOT = Path(__file__).resolve().parents[1]


def config(folder: Path, text: str) -> Path:
    path = folder / "own.toml"
    path.write_text(text)
    return path


def test_the_command_line_beats_the_environment_which_beats_the_file(tmp_path: Path) -> None:
    file = config(tmp_path, 'port = 1\nworkers = 3\nmodel = "tiny"\n')
    environ = {"SEMSEARCH_PORT": "2", "SEMSEARCH_WORKERS": "4"}
    settings = load_settings({"port": 5, "host": None}, config=file, environ=environ)
    assert (settings.port, settings.workers, settings.model) == (5, 4, "tiny")
    assert settings.host == "127.0.0.1"  # None means not given


def test_a_variable_may_name_the_file(tmp_path: Path) -> None:
    file = config(tmp_path, "port = 7\n")
    assert load_settings(environ={"SEMSEARCH_CONFIG": str(file)}).port == 7


def test_lists_in_variables_are_separated_by_commas() -> None:
    settings = load_settings(environ={"SEMSEARCH_SEEDS": "news, archive,"})
    assert settings.seeds == (Path("news"), Path("archive"))


def test_an_empty_variable_switches_an_optional_setting_off() -> None:
    assert load_settings(environ={"SEMSEARCH_RERANK_MODEL": ""}).rerank_model is None


def test_variables_that_scripts_and_docs_name_are_settings() -> None:
    places = [*ROOT.glob("*.md"), *(ROOT / "scripts").iterdir(), *(ROOT / "docs").glob("**/*.md")]
    texts = [path.read_text("utf-8") for path in places if path.is_file()]
    named = {name for text in texts for name in re.findall(r"SEMSEARCH_([A-Z_]+)", text)}
    assert {"CONFIG", "PORT"} <= named
    assert {name.lower() for name in named} - {"config"} <= set(Settings.model_fields)


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({"SEMSEARCH_PROT": "1"}, "unknown setting 'prot' in the environment"),
        ({"SEMSEARCH_PORT": "many"}, "setting 'port' in the environment: .*got 'many'"),
        ({"SEMSEARCH_WORKERS": "0"}, "setting 'workers' .*greater than or equal to 1"),
        ({"SEMSEARCH_CONFIG": "/no/such/file"}, "/no/such/file: cannot read the settings file"),
    ],
)
def test_a_mistake_names_the_setting_and_where_it_was_set(
    environ: dict[str, str], message: str
) -> None:
    with pytest.raises(SettingsError, match=message):
        load_settings(environ=environ)


def test_a_file_that_is_no_toml_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"own\.toml: not a TOML file"):
        load_settings(config=config(tmp_path, "port: 7"), environ={})


def test_settings_never_change() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load_settings(environ={}).port = 1


def test_the_docs_list_every_setting_as_it_is(tmp_path: Path) -> None:
    made = subprocess.run(
        [
            sys.executable,
            "-c",
            "import settings_table, sys; sys.stdout.write(settings_table.document())",
        ],
        cwd=ROOT / "scripts",
        capture_output=True,
        encoding="utf-8",
        check=True,
    ).stdout
    assert (ROOT / "docs/running/settings.md").read_text("utf-8") == made, (
        "run python scripts/settings_table.py"
    )
    for name, field in Settings.model_fields.items():
        assert field.description, f"{name} has no description"
        assert f"| `{name}` |" in made

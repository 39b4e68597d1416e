"""The entry script: what the README promises is there, and asking for help installs nothing."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def ask_for_help(script: Path, cwd: Path) -> str:
    """What `./zheng --help` prints when called from `cwd`; it must succeed and not complain."""
    said = subprocess.run(
        [script, "--help"], cwd=cwd, capture_output=True, text=True, check=True, timeout=60
    )
    assert said.stderr == ""
    return said.stdout


@pytest.fixture(scope="module")
def helped(tmp_path_factory: pytest.TempPathFactory) -> str:
    return ask_for_help(ROOT / "zheng", tmp_path_factory.mktemp("elsewhere"))


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_every_command_a_readme_names_is_in_the_help(helped: str, readme: str) -> None:
    text = (ROOT / readme).read_text()
    named = set(re.findall(r"\./zheng ([a-z]+)", text))
    named.update(*(words.split() for words in re.findall(r"`([a-z]+(?: [a-z]+){3,})`", text)))
    assert named >= {"demo", "test", "check", "serve", "story"}
    listed = set(re.findall(r"^(?:\./zheng|  ?) ?([a-z]+)  ", helped, re.MULTILINE))
    assert named <= listed


def test_help_in_a_new_checkout_installs_nothing(tmp_path: Path) -> None:
    checkout = tmp_path / "正 程"
    checkout.mkdir()
    script = Path(shutil.copy(ROOT / "zheng", checkout))
    said = ask_for_help(script, tmp_path)
    assert all(f"./zheng {name}" in said for name in ("demo", "test", "check"))
    assert "第一次安装" in said
    assert list(checkout.iterdir()) == [script]


@pytest.mark.parametrize("script", ["zheng", ".ci/run"])
def test_the_scripts_can_be_started_and_parsed(script: str) -> None:
    path = ROOT / script
    assert path.stat().st_mode & 0o111 == 0o111
    subprocess.run(["bash", "-n", path], check=True, timeout=60)

"""What the tests of consumers share: this working tree as a repository of its own, and a small project."""

import os
import pathlib
import shutil
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
TARGET = pathlib.Path(os.environ["CARGO_TARGET_DIR"])
BUILDS = TARGET / "consumers" / "build"
TOOLS = pathlib.Path(sys.executable).parent

RISK = """process risk-assessment "Risk assessment" {
  input  threat-reports
  result risk-register retained
}
"""
THREATS = """process threat-intelligence "Threat intelligence" {
  result threat-reports to risk-assessment
}
"""


def environment():
    """That of the test, without what belongs to the pipeline that runs it; builds are fast rather than good ones."""
    foreign = ("GITHUB_", "CI_", "GIT_", "PRE_COMMIT", "VIRTUAL_ENV")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return kept | {
        "CARGO_TARGET_DIR": str(BUILDS),
        "CARGO_PROFILE_RELEASE_LTO": "off",
        "CARGO_PROFILE_RELEASE_CODEGEN_UNITS": "16",
        "CARGO_PROFILE_RELEASE_OPT_LEVEL": "0",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        "NO_COLOR": "1",
        "PATH": f"{TOOLS}{os.pathsep}{os.environ['PATH']}",
    }


def run(*command, cwd, status=0, **more):
    """Runs a command, holds it to its exit status, and gives back what it printed."""
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=environment() | more,
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        timeout=1800,
    )
    assert done.returncode == status, f"{command} ended with {done.returncode}, not {status}:\n{done.stdout}"
    return done.stdout


def git(*arguments, cwd, status=0, **more):
    names = ("-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false")
    return run("git", *names, *arguments, cwd=cwd, status=status, **more)


def commit_all(folder, message="as it is"):
    git("add", "--all", cwd=folder)
    git("commit", "--quiet", "--no-verify", "--message", message, cwd=folder)
    return git("rev-parse", "HEAD", cwd=folder).strip()


@pytest.fixture(autouse=True)
def forgotten_builds():
    """Each test builds from the sources that it is about. The tests share what is built of dependencies; but cargo holds
    programs of one name that were built in different folders to be the same, and would take an older one."""
    for path in BUILDS.glob("**/*ismslint*"):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


@pytest.fixture(scope="session")
def source(tmp_path_factory):
    """The working tree, whether committed or not, as a repository with one commit; and that commit."""
    folder = tmp_path_factory.mktemp("source")
    listed = git("ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=ROOT)
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    git("init", "--quiet", cwd=folder)
    return folder, commit_all(folder)


@pytest.fixture
def project(tmp_path):
    """A git repository whose processes fit together."""
    folder = tmp_path / "project"
    (folder / "isms").mkdir(parents=True)
    (folder / "isms" / "risk.isms").write_text(RISK)
    (folder / "isms" / "threats.isms").write_text(THREATS)
    git("init", "--quiet", "--initial-branch", "main", cwd=folder)
    return folder


@pytest.fixture(scope="session")
def program():
    """The program as this working tree builds it."""
    return TARGET / "debug" / "ismslint"

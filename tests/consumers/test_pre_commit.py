"""The hooks, run by the real pre-commit in the commits of a real repository."""

import os

import pytest
from conftest import RISK, ROOT, THREATS, TOOLS, commit_all, git, run

HOOKS = """repos:
  - repo: {repository}
    rev: {revision}
    hooks:
      - id: {hook}
"""

DEFECT = RISK.replace("result", "input  audit-reports\n  result")


def test_the_manifest_is_valid():
    run(TOOLS / "pre-commit", "validate-manifest", ".pre-commit-hooks.yaml", cwd=ROOT)


@pytest.mark.parametrize("hook", ["ismslint-system", "ismslint"])
def test_commits_are_refused_and_let_through(hook, source, project, program, tmp_path):
    repository, revision = source
    configuration = project / ".pre-commit-config.yaml"
    configuration.write_text(HOOKS.format(repository=repository, revision=revision, hook=hook))
    more = {"PRE_COMMIT_HOME": str(tmp_path / "home")}
    if hook == "ismslint-system":
        more["PATH"] = os.pathsep.join([str(program.parent), os.environ["PATH"]])
    commit_all(project)
    run(TOOLS / "pre-commit", "install", "--install-hooks", cwd=project, **more)

    def commit(message, status=0):
        return git("commit", "--message", message, cwd=project, status=status, **more)

    risk, threats = project / "isms" / "risk.isms", project / "isms" / "threats.isms"

    # A change without a defect passes.
    risk.write_text(RISK.replace('"Risk assessment"', '"Assessment of risks"'))
    git("add", "--all", cwd=project)
    assert "Passed" in commit("rename")

    # A defect is refused, and said with its place.
    risk.write_text(DEFECT)
    git("add", "--all", cwd=project)
    said = commit("defect", status=1)
    assert "FLOW001" in said and "`audit-reports`" in said and "risk.isms:3:10" in said, said
    git("checkout", "--quiet", "HEAD", "--", ".", cwd=project)

    # Only deleting the process that produces an input is refused too: no file that is left has changed.
    git("rm", "--quiet", "isms/threats.isms", cwd=project)
    said = commit("delete", status=1)
    assert "no process produces `threat-reports`" in said, said
    git("checkout", "--quiet", "HEAD", "--", ".", cwd=project)

    # What is not staged is not judged: pre-commit puts it aside.
    risk.write_text(DEFECT)
    threats.write_text(THREATS.replace('"Threat intelligence"', '"Threats"'))
    git("add", "isms/threats.isms", cwd=project)
    assert "Passed" in commit("another file")
    assert risk.read_text() == DEFECT
    git("checkout", "--quiet", "HEAD", "--", ".", cwd=project)

    # A commit that touches no specification passes, and so does a project that is checked as a whole.
    (project / "notes.txt").write_text("nothing\n")
    git("add", "--all", cwd=project)
    assert "Passed" in commit("notes")
    assert "Passed" in run(TOOLS / "pre-commit", "run", "--all-files", cwd=project, **more)

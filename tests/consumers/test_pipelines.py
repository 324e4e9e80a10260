"""The GitHub action, the reusable workflow and the GitLab template: valid for their hosts, and their steps executed."""

import json
import re

import pytest
import yaml
from conftest import ROOT, TOOLS, commit_all, environment, git, run


def read(path):
    return yaml.safe_load((ROOT / path).read_text())


@pytest.mark.parametrize(
    ("schema", "path"),
    [
        ("github-actions", "action.yml"),
        ("github-workflows", ".github/workflows/ci.yml"),
        ("github-workflows", ".github/workflows/ismslint.yml"),
        ("gitlab-ci", "templates/ismslint.yml"),
    ],
)
def test_files_are_as_their_hosts_want_them(schema, path):
    run(TOOLS / "check-jsonschema", "--builtin-schema", f"vendor.{schema}", path, cwd=ROOT)


def test_workflows_and_action_are_safe():
    run(TOOLS / "zizmor", "--offline", "--quiet", "action.yml", ".github/workflows", cwd=ROOT)


def test_other_actions_are_pinned():
    text = "".join((ROOT / path).read_text() for path in ["action.yml", ".github/workflows/ismslint.yml"])
    used = re.findall(r"uses: (\S+)(.*)", text)
    assert len(used) >= 3
    for action, comment in used:
        assert action == "$/" or re.search(r"@[0-9a-f]{40}$", action) and re.match(r" # v\d", comment), action


def test_the_workflow_gives_the_action_what_it_knows():
    steps = read(".github/workflows/ismslint.yml")["jobs"]["ismslint"]["steps"]
    [step] = [step for step in steps if step.get("uses") == "$/"]
    assert set(step["with"]) == set(read("action.yml")["inputs"])


class Runner:
    """Runs the steps of the action as GitHub would: expressions filled in, outputs kept, bash with `-e`."""

    def __init__(self, folder, action, workspace, inputs):
        self.action = read("action.yml")
        defaults = {name: one["default"] for name, one in self.action["inputs"].items()}
        self.values = {f"inputs.{name}": value for name, value in (defaults | inputs).items()}
        self.values |= {"runner.temp": str(folder), "runner.os": "Linux", "runner.arch": "X64"}
        self.files = {name: folder / name.lower() for name in ["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"]}
        self.workspace = workspace
        self.fixed = {"GITHUB_ACTION_PATH": str(action), "RUNNER_TEMP": str(folder), "GITHUB_WORKSPACE": str(workspace)}

    def fill(self, text):
        return re.sub(r"\$\{\{ *([\w.-]+) *\}\}", lambda match: self.values.get(match[1], ""), text)

    def run(self):
        """The exit status of the step that failed, or 0, and all that was printed."""
        import subprocess

        printed = ""
        for step in self.action["runs"]["steps"]:
            if "uses" in step:
                assert step["uses"].startswith("actions/cache@"), step
                continue
            if "if" in step:
                assert step["if"] == "steps.cache.outputs.cache-hit != 'true'"
                # The second run finds what the first has built.
                if (self.files["GITHUB_OUTPUT"].parent / "ismslint").exists():
                    continue
            assert "${{" not in step["run"], "an expression in a script would be executed"
            for file in self.files.values():
                file.write_text("")
            given = {name: self.fill(value) for name, value in step.get("env", {}).items()}
            files = {name: str(path) for name, path in self.files.items()}
            done = subprocess.run(
                ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"]],
                cwd=self.workspace,
                env=environment() | self.fixed | files | given,
                text=True,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                check=False,
            )
            printed += done.stdout
            for line in self.files["GITHUB_OUTPUT"].read_text().splitlines():
                name, value = line.split("=", 1)
                self.values[f"steps.{step.get('id')}.outputs.{name}"] = value
            if done.returncode != 0:
                return done.returncode, printed
        return 0, printed


def test_the_steps_of_the_action(source, project, tmp_path):
    repository, _ = source

    def act(**inputs):
        runner = Runner(tmp_path, repository, project, inputs)
        status, printed = runner.run()
        assert runner.values["steps.check.outputs.status"] == str(status), printed
        assert re.fullmatch(r"[0-9a-f]{40,64}", runner.values["steps.program.outputs.key"])
        return status, printed, runner

    status, printed, runner = act(arguments="--select\nFLOW001\n")
    assert status == 0, printed
    assert "no findings" in runner.files["GITHUB_STEP_SUMMARY"].read_text().lower()

    (project / "isms" / "threats.isms").unlink()
    status, printed, runner = act(sarif="isms.sarif", arguments="--select\nFLOW001\n")
    assert status == 1
    assert "::error file=isms/risk.isms,line=2," in printed, printed
    assert "FLOW001" in runner.files["GITHUB_STEP_SUMMARY"].read_text()
    [run_of_sarif] = json.loads((project / "isms.sarif").read_text())["runs"]
    assert [result["ruleId"] for result in run_of_sarif["results"]] == ["FLOW001"]

    # Nothing in an input is executed, or taken for an option.
    status, printed, _ = act(paths='--exit-zero; $(touch hacked) `touch hacked`"')
    assert status == 2 and not (project / "hacked").exists(), printed


def test_the_job_of_the_gitlab_template(source, project, tmp_path):
    repository, revision = source
    commit_all(project)
    template = read("templates/ismslint.yml")
    job = template["ismslint"]
    variables = {name: one["value"] for name, one in template["variables"].items()}
    variables |= {"ISMSLINT_REPOSITORY": f"file://{repository}", "ISMSLINT_REVISION": revision}
    variables |= {"CI_PROJECT_DIR": str(project), "ISMSLINT_ARGUMENTS": "--select FLOW001"}

    def execute(status):
        lines = job["before_script"] + job["script"]
        return run("bash", "-e", "-o", "pipefail", "-c", "\n".join(lines), cwd=project, status=status, **variables)

    assert "Compiling ismslint" in execute(0)
    assert json.loads((project / "gl-code-quality-report.json").read_text()) == []
    git("rm", "--quiet", "isms/threats.isms", cwd=project)
    assert "isms/risk.isms:2:10: error[FLOW001]" in execute(1)
    [finding] = json.loads((project / "gl-code-quality-report.json").read_text())
    assert finding["check_name"] == "FLOW001" and finding["location"]["path"] == "isms/risk.isms"
    assert "FLOW001" in (project / "ismslint.junit.xml").read_text()
    for kind, path in job["artifacts"]["reports"].items():
        assert (project / path).exists(), kind
    cached = [project / path for path in job["cache"]["paths"]]
    assert all(path.is_dir() for path in cached)

"""Watching and completing, as whoever sits at a terminal meets them."""

import os
import pathlib
import pty
import queue
import shutil
import signal
import subprocess
import threading
import time

import pytest
from conftest import THREATS, environment, run

CLEARED = "\x1b[2J\x1b[H"


class Watch:
    """A running `check --watch`."""

    def __init__(self, program, project, *arguments, terminal=False):
        self.lines = queue.Queue()
        self.text = ""
        if terminal:
            ours, theirs = pty.openpty()
        else:
            ours, theirs = os.pipe()
        self.process = subprocess.Popen(
            [program, "check", "--watch", *arguments],
            cwd=project,
            env=environment() | {"TERM": "xterm"},
            stdin=subprocess.DEVNULL,
            stdout=theirs,
            stderr=theirs,
            # Who starts this in the background has it inherit that Ctrl-C is ignored.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        os.close(theirs)
        self.ours = ours
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        while True:
            try:
                data = os.read(self.ours, 4096)
            except OSError:
                data = b""
            self.lines.put(data.decode())
            if not data:
                return

    def until(self, words, seconds=30):
        """All that is printed until these words are."""
        end = time.monotonic() + seconds
        while words not in self.text:
            try:
                data = self.lines.get(timeout=max(0.01, end - time.monotonic()))
            except queue.Empty:
                data = ""
            assert data, f"`{words}` does not come:\n{self.text}"
            self.text += data
        before, _, self.text = self.text.partition(words)
        return before

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.ours)


def test_watching_checks_again_after_a_change(program, project):
    threats = project / "isms" / "threats.isms"
    with Watch(program, project, "--select", "FLOW001") as watch:
        assert "no findings" in watch.until("Ctrl-C ends")
        threats.unlink()
        assert "FLOW001" in watch.until("Ctrl-C ends")
        # A configuration with a mistake is said, and mended.
        (project / "ismslint.toml").write_text("exclud = []\n")
        assert "exclud" in watch.until("Ctrl-C ends")
        (project / "ismslint.toml").unlink()
        assert "FLOW001" in watch.until("Ctrl-C ends")
        threats.write_text(THREATS)
        printed = watch.until("Ctrl-C ends")
        assert "no findings" in printed and "\x1b" not in printed
        watch.process.send_signal(signal.SIGINT)
        assert watch.process.wait(timeout=60) == -signal.SIGINT


def test_a_screen_is_cleared(program, project):
    with Watch(program, project, "--color", "never", terminal=True) as watch:
        assert watch.until("Ctrl-C ends").startswith(CLEARED)
        (project / "isms" / "threats.isms").unlink()
        assert watch.until("Ctrl-C ends").count(CLEARED) == 1


@pytest.mark.skipif(not pathlib.Path("/proc/self/stat").exists(), reason="processor time is read from /proc")
def test_waiting_costs_next_to_nothing(program, project):
    with Watch(program, project) as watch:
        watch.until("Ctrl-C ends")

        def used():
            fields = pathlib.Path(f"/proc/{watch.process.pid}/stat").read_text().rpartition(")")[2].split()
            return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

        before = used()
        time.sleep(3)
        assert used() - before < 0.3
        assert watch.lines.empty(), "nothing is printed while nothing changes"


def test_what_cannot_be_watched_ends_at_once(program, project):
    assert "there is no file or folder `nowhere`" in run(program, "check", "--watch", "nowhere", cwd=project, status=2)
    assert "cannot be watched" in run(program, "check", "--watch", "-", cwd=project, status=2)
    assert "did you mean `missing-input`?" in run(program, "check", "--watch", "--select", "missing-inputs", cwd=project, status=2)


def test_a_reader_that_goes_ends_watching(program, project):
    read, write = os.pipe()
    process = subprocess.Popen([program, "check", "--watch", "--format", "concise", "--quiet"], cwd=project, stdout=write)
    os.close(write)
    os.close(read)
    (project / "isms" / "threats.isms").unlink()
    try:
        assert process.wait(timeout=20) == 0
    finally:
        if process.poll() is None:
            process.kill()


def test_bash_completes(program, project):
    script = run(program, "completions", "bash", cwd=project)
    (project / "complete.bash").write_text(script)
    ask = 'source complete.bash; COMP_WORDS=(ismslint %s); COMP_CWORD=%d; _ismslint ismslint "%s" x; echo "${COMPREPLY[*]}"'

    def complete(*words):
        line = ask % (" ".join(words), len(words), words[-1])
        return run("bash", "--norc", "-c", line, cwd=project).split()

    assert complete("exp") == ["explain"]
    assert complete("check", "--fail") == ["--fail-on"]
    assert "zsh" in complete("completions", "z")


@pytest.mark.parametrize(("shell", "check"), [("zsh", ["zsh", "-n"]), ("fish", ["fish", "--no-execute"])])
def test_other_shells_can_read_their_completions(shell, check, program, project):
    if not shutil.which(shell):
        pytest.skip(f"there is no {shell} here")
    (project / "script").write_text(run(program, "completions", shell, cwd=project))
    run(*check, "script", cwd=project)


def on_terminal(*command, cwd):
    """What a program says to a terminal on standard error, and how long it took."""
    ours, theirs = pty.openpty()
    begin = time.monotonic()
    process = subprocess.Popen(
        command, cwd=cwd, env=environment() | {"TERM": "xterm"}, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=theirs
    )
    os.close(theirs)
    said = b""
    while True:
        try:
            data = os.read(ours, 4096)
        except OSError:
            data = b""
        if not data:
            break
        said += data
    process.wait()
    os.close(ours)
    return said.decode(), time.monotonic() - begin


def test_a_long_run_says_what_it_is_at(program, tmp_path):
    count = 100_000
    for number in range(0, count, 500):
        processes = (
            f"process p{at} {{\n  input i{at}\n  result i{at + 1} to p{(at + 7) % count}\n}}\n"
            for at in range(number, number + 500)
        )
        (tmp_path / f"{number}.isms").write_text("".join(processes))
    check = (program, "check", "--exit-zero", "--format", "concise=report.txt")
    said, took = on_terminal(*check, cwd=tmp_path)
    if took < 1.5:
        pytest.skip("this machine is too fast for it")
    assert "\r\x1b[2Kchecking 200 files … 1 s" in said
    before, _, after = said.rpartition("\r\x1b[2K")
    assert "…" in before and "…" not in after and "errors" in after
    said, _ = on_terminal(*check, "--quiet", cwd=tmp_path)
    assert said == ""
    assert "\x1b" not in run(*check, cwd=tmp_path, TERM="xterm")

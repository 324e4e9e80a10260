"""The ways to the command `ismslint`: a wheel for pip, `cargo install`, and a static program for the image."""

import re
import shutil
import sys
import zipfile

import pytest
from conftest import BUILDS, ROOT, TOOLS, run

VERSION = re.search(r'^version = "(.+)"', (ROOT / "Cargo.toml").read_text(), re.MULTILINE)[1]


def assert_works(program, project):
    assert run(program, "--version", cwd=project) == f"ismslint {VERSION}\n"
    assert "no findings" in run(program, "check", "--select", "FLOW001", cwd=project)
    (project / "isms" / "threats.isms").unlink()
    assert "FLOW001" in run(program, "check", cwd=project, status=1)


def test_a_wheel_gives_the_command(source, project, tmp_path):
    repository, _ = source
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", tmp_path, repository, cwd=tmp_path)
    [wheel] = tmp_path.glob("*.whl")
    assert wheel.name.startswith(f"ismslint-{VERSION}-py3-none-"), "one wheel for every Python"
    names = zipfile.ZipFile(wheel).namelist()
    assert not [name for name in names if name.endswith(".py")], "nothing of Python is in it"

    home = tmp_path / "environment"
    run(sys.executable, "-m", "venv", home, cwd=tmp_path)
    run(home / "bin" / "python", "-m", "pip", "install", "--quiet", "--no-index", wheel, cwd=tmp_path)
    assert_works(home / "bin" / "ismslint", project)
    run(home / "bin" / "python", "-m", "pip", "uninstall", "--quiet", "--yes", "ismslint", cwd=tmp_path)
    assert not (home / "bin" / "ismslint").exists()


def test_a_source_distribution_holds_what_a_build_needs(source, tmp_path):
    repository, _ = source
    run(TOOLS / "maturin", "sdist", "--out", tmp_path, cwd=repository)
    [archive] = tmp_path.glob("*.tar.gz")
    shutil.unpack_archive(archive, tmp_path)
    folder = tmp_path / f"ismslint-{VERSION}"
    run("cargo", "check", "--locked", "--quiet", "--bin", "ismslint", cwd=folder)


def test_cargo_install(source, project, tmp_path):
    repository, _ = source
    run("cargo", "install", "--locked", "--quiet", "--path", repository, "--root", tmp_path / "root", cwd=tmp_path)
    assert_works(tmp_path / "root" / "bin" / "ismslint", project)


def test_the_image_is_as_its_linter_wants_it():
    run(TOOLS / "hadolint", "Dockerfile", cwd=ROOT)


def test_the_image_gets_all_that_is_built_from(tmp_path, source):
    """The build stage, without the image: only what `COPY` brings, past what `.dockerignore` keeps away."""
    repository, _ = source
    [*_, ignored] = [re.findall(r"^!(\S+)", (ROOT / ".dockerignore").read_text(), re.MULTILINE)]
    stages = (ROOT / "Dockerfile").read_text().split("\nFROM ")
    copied = [words.split()[:-1] for words in re.findall(r"^COPY (?!--)(.+)", stages[1], re.MULTILINE)]
    for name in sum(copied, []):
        assert name in ignored, f"{name} is copied, but ignored"
        whole = repository / name
        shutil.copytree(whole, tmp_path / name) if whole.is_dir() else shutil.copy(whole, tmp_path / name)
    [build] = re.findall(r"^RUN (cargo build .+?) &&", stages[1], re.MULTILINE)
    run(*build.replace("build", "check").split(), cwd=tmp_path)


def test_the_program_can_be_static(source, project):
    """What the image's toolchain does by itself: a program without an interpreter and without shared libraries."""
    target = "x86_64-unknown-linux-musl"
    if target not in run("rustup", "target", "list", "--installed", cwd=ROOT) or not shutil.which("musl-gcc"):
        pytest.skip(f"needs the target {target} and musl-gcc")
    repository, _ = source
    run("cargo", "build", "--locked", "--quiet", "--release", "--target", target, cwd=repository)
    program = BUILDS / target / "release" / "ismslint"
    # PT_INTERP is how a program names its dynamic linker.
    headers = run("readelf", "--program-headers", "--dynamic", program, cwd=ROOT)
    assert "INTERP" not in headers and "NEEDED" not in headers, headers
    assert_works(program, project)

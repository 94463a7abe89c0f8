"""Measure what an installation weighs, and how long a cold `citewell ask` takes in it.

For each extra a new environment is made, this repository is installed into it, and the packages are weighed.
Then one question is asked of an index of `corpus/`, in a new process each time. Needs pip's index.

    python benchmarks/install.py              # every installation
    python benchmarks/install.py light '' web # from requirements-light.txt, without an extra, and with [web]
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from functools import partial
from pathlib import Path

ROOT = Path(__file__).parents[1]
INSTALLATIONS = ["light", "light-web", "", "files", "web", "models", "all"]
QUESTION = "How many vendors were arrested?"
ROUNDS = 5
MEGABYTE = 1_000_000


def main() -> None:
    """Install, measure and print."""
    print("| installed | packages | MB | ask, s | of a processor, s |\n|---|---|---|---|---|")
    for extra in sys.argv[1:] or INSTALLATIONS:
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder)
            venv.create(place / "env", with_pip=True)
            python = place / "env" / "bin" / "python"
            what: list[Path | str] = [
                "--constraint",
                ROOT / "constraints.txt",
                f"{ROOT}[{extra}]" if extra else str(ROOT),
            ]
            name = f"`citewell[{extra}]`" if extra else "`citewell`"
            if extra.startswith("light"):
                what = ["--no-deps", "--requirement", ROOT / f"requirements-{extra}.txt", str(ROOT)]
                name = f"`requirements-{extra}.txt`"
            install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            subprocess.run([*install, *what], check=True)
            (packages,) = (place / "env").glob("lib/python*/site-packages")
            names = [path for path in packages.glob("*.dist-info") if path.name.partition("-")[0] != "pip"]
            # Compiled Python is left out: pip writes it at once, others when a module is imported.
            size = sum(
                path.stat().st_size
                for path in packages.rglob("*")
                if path.is_file() and path.suffix != ".pyc"
            )
            clock, processor = ask(python.with_name("citewell"), place)
            cells = [name, len(names), f"{size / MEGABYTE:,.0f}", f"{clock:.1f}", f"{processor:.1f}"]
            print(f"| {' | '.join(map(str, cells))} |", flush=True)


def ask(citewell: Path, folder: Path) -> tuple[float, float]:
    """Return the medians of the clock's and the processor's seconds of asking an index."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    run = partial(subprocess.run, cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL)
    run([citewell, "index", ROOT / "corpus"])
    words = [citewell, "ask", QUESTION, "--index", "index"]
    run(words)  # compiles what is imported
    clock, processor = [], []
    for _ in range(ROUNDS):
        began, spent = time.perf_counter(), processor_seconds()
        run(words)
        clock.append(time.perf_counter() - began)
        processor.append(processor_seconds() - spent)
    return statistics.median(clock), statistics.median(processor)


def processor_seconds() -> float:
    """Return the seconds that finished children have used of a processor."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()

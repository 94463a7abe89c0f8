"""Fuzz for a while: `python tests/fuzz/rounds.py --seconds 600 [tests]`.

Each round tries new examples by a new seed, which it prints. A round that finds something ends the run with
status 1 and the command that finds it again.
"""

import argparse
import secrets
import shlex
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent


def main() -> int:
    """Run rounds until the time is up; return the status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=600, help="no round begins after this long [600]")
    parser.add_argument("--seed", type=int, help="of the first round [a random one]")
    parser.add_argument("tests", nargs="*", default=[str(HERE)], help="files of tests [all of this folder]")
    given = parser.parse_args()
    ends, rounds, seed = time.monotonic() + given.seconds, 0, given.seed
    while rounds == 0 or time.monotonic() < ends:
        rounds += 1
        seed = secrets.randbelow(2**32) if seed is None else seed
        options = ["-q", "-x", "--timeout=3600", "--show-capture=no", "--hypothesis-profile=fuzz"]
        command = [sys.executable, "-m", "pytest", *options, f"--hypothesis-seed={seed}", *given.tests]
        sys.stdout.write(f"round {rounds}: {shlex.join(command)}\n")
        sys.stdout.flush()
        if subprocess.run(command, check=False).returncode:
            sys.stdout.write(f"round {rounds} found something; again: {shlex.join(command)}\n")
            return 1
        seed = None
    sys.stdout.write(f"{rounds} rounds found nothing\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

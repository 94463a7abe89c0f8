"""Time how soon the web chat answers, is loaded, and can be used in a browser.

    python benchmarks/startup.py

Starts `citewell serve` on the shipped article's index as a person does, five times, and opens the page in
Chromium five times on the last one. Prints medians with the fastest and slowest.
"""

import json
import os
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parent.parent
ROUNDS = 5
PORT = 7931
PATIENCE_S = 120
URL = f"http://127.0.0.1:{PORT}/"
CITEWELL = [sys.executable, "-m", "citewell"]


def main() -> None:
    """Measure and print."""
    with TemporaryDirectory() as folder:
        index = Path(folder) / "index"
        subprocess.run([*CITEWELL, "index", ROOT / "corpus", "--index", index], check=True)
        serving = [*CITEWELL, "serve", "--index", str(index), "--port", str(PORT)]
        answers, loads = [], []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            with subprocess.Popen(serving, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as server:
                answers.append(until(began, ("loading", "ok")))
                loads.append(until(began, ("ok",)))
                if len(loads) == ROUNDS:
                    pages = opened()
                server.terminate()
    for name, seconds in (
        ("/healthz answers", answers),
        ("all is loaded", loads),
        ("the page can be used", pages),
    ):
        low, high = min(seconds), max(seconds)
        print(f"{name:22} median {statistics.median(seconds):5.2f} s ({low:.2f} to {high:.2f})")
    print(f"{os.cpu_count()} cores, {ROUNDS} rounds")


def until(began: float, wanted: tuple[str, ...]) -> float:
    """Return the seconds until the server says one of these."""
    while time.perf_counter() - began < PATIENCE_S:
        try:
            with urllib.request.urlopen(f"{URL}healthz", timeout=5) as response:  # noqa: S310  # our own
                if json.load(response)["status"] in wanted:
                    return time.perf_counter() - began
        except (urllib.error.URLError, ConnectionError):
            pass
        time.sleep(0.02)
    sys.exit(f"the server has not said {' or '.join(wanted)} within {PATIENCE_S} s")


def opened() -> list[float]:
    """Return the seconds until a question can be typed, each in a new browser profile."""
    found = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-background-networking"]
        )
        for _ in range(ROUNDS):
            context = browser.new_context()
            page = context.new_page()
            began = time.perf_counter()
            page.goto(URL)
            page.get_by_label("Your question").fill("How many people were arrested in Germany?")
            found.append(time.perf_counter() - began)
            context.close()
        browser.close()
    return found


if __name__ == "__main__":
    main()

"""Measures the built site with Lighthouse, three times a page, and writes what came of it beside this file: `python website/lighthouse.py`.

It takes npx, which fetches Lighthouse, and Chromium.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import serve

VERSION = "13.5.0"
PAGES = ["index.html", "lessons/02-convolution.html", "live/network.html"]
CATEGORIES = ["performance", "accessibility", "best-practices", "seo"]
TIMES = {"first-contentful-paint": "first paint", "largest-contentful-paint": "largest paint", "total-blocking-time": "blocked"}
RUNS = 3
HERE = Path(__file__).parent
COMMAND = "make lighthouse"


def main() -> None:
    chromium = shutil.which("chromium") or sys.exit("Lighthouse takes Chromium: `apt install chromium`.")
    results = {"lighthouse": VERSION, "chromium": version_of(chromium), "runs": RUNS, "command": COMMAND, "pages": {}}
    with serve.serving(serve.SITE) as address:
        for page in PAGES:
            results["pages"][page] = {device: measured(address + page, device, chromium) for device in ("desktop", "mobile")}
            print(page, results["pages"][page], flush=True)
    (HERE / "lighthouse.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    (HERE / "lighthouse.md").write_text(as_markdown(results), encoding="utf-8")


def version_of(program: str) -> str:
    return subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.split()[1]


def measured(url: str, device: str, chromium: str) -> dict[str, float]:
    """The medians of the runs: marks from 0 to 100 by category, times in milliseconds, and the bytes that were sent."""
    runs = [run(url, device, chromium) for _ in range(RUNS)]
    return {name: statistics.median(each[name] for each in runs) for name in runs[0]}


def run(url: str, device: str, chromium: str) -> dict[str, float]:
    flags = "--headless=new" + (" --no-sandbox" if os.geteuid() == 0 else "")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "report.json")
        options = [f"--only-categories={','.join(CATEGORIES)}", f"--chrome-flags={flags}", "--quiet"]
        options += ["--output=json", f"--output-path={path}"] + ["--preset=desktop"] * (device == "desktop")
        subprocess.run(
            ["npx", "--yes", f"lighthouse@{VERSION}", url, *options],
            check=True,
            env=os.environ | {"CHROME_PATH": chromium, "npm_config_loglevel": "error"},
            timeout=300,
        )
        report = json.loads(path.read_text(encoding="utf-8"))
    marks = {name: round(100 * report["categories"][name]["score"]) for name in CATEGORIES}
    times = {name: round(report["audits"][name]["numericValue"]) for name in TIMES}
    return marks | times | {"bytes": round(report["audits"]["total-byte-weight"]["numericValue"])}


def as_markdown(results: dict) -> str:
    """The results as a page."""
    versions = f"Lighthouse {results['lighthouse']} and Chromium {results['chromium']}"
    head = f"""# What Lighthouse measured

`{results["command"]}` serves the built site from this machine with gzip, and measures it with {versions},
{results["runs"]} times a page; these are the medians. *Mobile* is Lighthouse's slow phone on a slow network.

| page | | performance | accessibility | best practices | SEO | first paint | largest paint | blocked | sent |
|---|---|---:|---:|---:|---:|---:|---:|---:|---:|
"""
    rows = []
    for page, devices in results["pages"].items():
        for device, found in devices.items():
            marks = " | ".join(f"{found[name]:g}" for name in CATEGORIES)
            times = " | ".join(f"{found[name] / 1000:.1f} s" if "paint" in name else f"{found[name]:g} ms" for name in TIMES)
            rows.append(f"| {page} | {device} | {marks} | {times} | {found['bytes'] / 1000:.0f} KB |")
    return head + "\n".join(rows) + "\n"


if __name__ == "__main__":
    main()

"""`python -m tests.screenshots [--only NAME] [--quick]`: takes the pictures, prints each fault, exits 1 if there is one."""

import argparse
import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.screenshots.portal import prepare, served
from tests.tiers import CHROMIUM

FOLDER = Path("build/screenshots")
# Playwright runs an event loop in this thread; the database is asked between its calls, never inside one.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


def main() -> int:
    """The exit status."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--only", default="", help="visit only places whose name contains this")
    options.add_argument("--quick", action="store_true", help="English only")
    chosen = options.parse_args()
    chromium = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if chromium is None:
        print("no pictures: install Chromium")
        return 1
    home = prepare()
    return take(chosen, chromium, home)


def take(chosen: argparse.Namespace, chromium: str, home: str) -> int:
    """All pictures of one run."""
    # These need the settings, which prepare() has pointed at a folder of their own.
    from tests.screenshots import contents, data, places, visit

    keys = data.make_all()
    wanted = [place for place in places.places(keys) if chosen.only in place.name]
    findings = visit.Findings()
    if not chosen.only:
        findings.faults += [f"route {name} is visited by no place" for name in places.unvisited(wanted)]
        print("\n".join(findings.faults), end="\n" if findings.faults else "")
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    languages = ["en"] if chosen.quick else list(visit.LANGUAGES)
    with served(home) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for language in languages:
            for width in visit.WIDTHS:
                with visit.visiting(browser, address, FOLDER, language, width, findings) as visitor:
                    for place in wanted:
                        visitor.visit(place)
                print(f"{language}, {width} px: {len(wanted)} places, {len(findings.faults)} faults so far", flush=True)
        visit.dead_links(browser, address, findings)
        browser.close()
    index = contents.write(FOLDER, findings.pictures, findings.faults)
    print(f"{len(findings.pictures)} pictures, {len(findings.faults)} faults: {index}")
    return 1 if findings.faults else 0


if __name__ == "__main__":
    sys.exit(main())

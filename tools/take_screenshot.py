"""Take the README's screenshot of the app as it is: `python -m tools.take_screenshot`."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.browser.serving import launch_chromium, serve_app
from tests.places import ROOT

TARGET = ROOT / "docs" / "explore.png"
QUERY = "net=resnet152&node=layer3.5.conv2"


def main() -> None:
    """Serve the app, wait until the maps stand, and save the page as it is seen at 1680×1050."""
    with tempfile.TemporaryDirectory() as folder, serve_app(Path(folder) / "log") as url, launch_chromium() as browser:
        page = browser.new_page(viewport={"width": 1680, "height": 1050})
        page.goto(f"{url}/?{QUERY}")
        page.locator(".channel-view canvas").first.wait_for(timeout=120_000)
        page.wait_for_function("document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'")
        page.wait_for_timeout(1000)
        page.screenshot(path=TARGET)
    print(f"Saved {TARGET.relative_to(ROOT)}")


if __name__ == "__main__":
    main()

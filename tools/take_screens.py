"""Pictures of the screens at the usual sizes, in both themes and projector mode, to look at: `make screens`.

    python -m tools.take_screens [FOLDER] [--only NAME]

Writes a PNG for each, and for each screen a sheet of all of them, into `build/screens` unless another folder is given.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page

from tests.browser.serving import launch_chromium, serve_app
from tests.places import ROOT

SIZES = ((1366, 768), (1280, 720), (1920, 1080), (820, 1180), (390, 844))
MODES = ("light", "dark", "projector")
SCREENS = {
    "explore": "/?net=resnet152&node=layer3.1..35",
    "lesson": "/learn?show=lessons&lesson=bottleneck&step=3",
    "table": "/learn?node=layer1&column=3",
    "exercise": "/learn?show=exercises",
    "compare": "/compare",
    "walk": "/walk?net=resnet50&tour=6",
}
_GAP, _SHEET_HEIGHT = 12, 520
_STILL_JS = "document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'"


@dataclass(frozen=True)
class Shot:
    """One picture: which screen, at which size, in which mode."""

    screen: str
    size: tuple[int, int]
    mode: str

    @property
    def name(self) -> str:
        """The file's name."""
        width, height = self.size
        return f"{self.screen}-{width}x{height}-{self.mode}.png"


def main() -> None:
    """Serve the app, take all pictures, and lay those of a screen out on a sheet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "build" / "screens")
    parser.add_argument("--only", choices=SCREENS, help="one screen instead of all")
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    screens = [args.only] if args.only else list(SCREENS)
    with tempfile.TemporaryDirectory() as folder, serve_app(Path(folder) / "log") as url, launch_chromium() as browser:
        for shot in _shots(screens):
            _take(browser, url, shot, args.folder / shot.name)
    for screen in screens:
        _lay_out([args.folder / shot.name for shot in _shots([screen])], args.folder / f"{screen}.png")
    print(f"Saved {len(list(_shots(screens)))} pictures in {args.folder}")


def _shots(screens: list[str]) -> Iterator[Shot]:
    for screen in screens:
        yield from (Shot(screen, size, mode) for mode in MODES for size in SIZES)


def _take(browser: Browser, url: str, shot: Shot, file: Path) -> None:
    width, height = shot.size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if shot.mode == "dark" else "light",
        has_touch=width < 1000,
    )
    page = context.new_page()
    address = SCREENS[shot.screen]
    mark = "&" if "?" in address else "?"
    page.goto(f"{url}{address}{f'{mark}projector=1' if shot.mode == 'projector' else ''}")
    _wait(page)
    page.screenshot(path=file)
    context.close()


def _wait(page: Page) -> None:
    """Until the page's words are there and nothing is under way."""
    page.get_by_test_id("stMain").get_by_role("heading").first.wait_for(timeout=120_000, state="attached")
    page.wait_for_function(_STILL_JS, timeout=120_000)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(1_500)


def _lay_out(files: list[Path], target: Path) -> None:
    """Pastes pictures side by side at one height, a row for each mode."""
    rows = [files[at : at + len(SIZES)] for at in range(0, len(files), len(SIZES))]
    pictures = [[_small(file) for file in row] for row in rows]
    width = max(sum(picture.width + _GAP for picture in row) for row in pictures)
    sheet = Image.new("RGB", (width, len(rows) * (_SHEET_HEIGHT + _GAP)), "#808080")
    for y, row in enumerate(pictures):
        x = 0
        for picture in row:
            sheet.paste(picture, (x, y * (_SHEET_HEIGHT + _GAP)))
            x += picture.width + _GAP
    sheet.save(target)


def _small(file: Path) -> Image.Image:
    with Image.open(file) as picture:
        return picture.convert("RGB").resize((picture.width * _SHEET_HEIGHT // picture.height, _SHEET_HEIGHT))


if __name__ == "__main__":
    main()

"""Join the style sheets into the one file that pages load: one request, no comments, no needless space."""

import re
import sys
from pathlib import Path

CSS = Path(__file__).resolve().parent.parent / "static" / "css"
DELIVERED = CSS.parent / "dist" / "app.css"
IMPORT = re.compile(r'@import url\("([^"]+)"\);')


def sources() -> list[Path]:
    """The style sheets in the order in which app.css names them."""
    return [CSS / name for name in IMPORT.findall((CSS / "app.css").read_text(encoding="utf-8"))]


def minify(text: str) -> str:
    """Take out comments and the space that only people need."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r" ?([{};,>]) ?", r"\1", text)
    return text.replace(": ", ":").replace(";}", "}").strip()


def joined() -> str:
    """The whole style sheet as pages get it."""
    entry = (CSS / "app.css").read_text(encoding="utf-8")
    return minify(IMPORT.sub(lambda found: (CSS / found[1]).read_text(encoding="utf-8"), entry))


def write(target: Path = DELIVERED) -> Path:
    """Write the joined style sheet where the static files look for it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(joined() + "\n", encoding="utf-8")
    return target


if __name__ == "__main__":
    sys.stdout.write(f"{write()}\n")

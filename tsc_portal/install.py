"""Makes the environment .venv from the hashed requirements, if they changed. Plain Python alone.

python3 -m tsc_portal.install base dev
"""

import hashlib
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
OLDEST = (3, 11)


def say(text: str) -> None:
    """Tell the person at the terminal."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def is_whole() -> bool:
    """Whether the environment's interpreter runs; a moved directory or a removed Python breaks it."""
    if not PYTHON.exists():
        return False
    return subprocess.run([PYTHON, "-c", ""], capture_output=True).returncode == 0


def stamp(group: str) -> Path:
    """The file that holds the digest of the requirements that are installed."""
    return ENVIRONMENT / f"installed-{group}"


def digest(group: str) -> str:
    """The digest of one requirements file."""
    return hashlib.sha256((ROOT / "requirements" / f"{group}.txt").read_bytes()).hexdigest()


def is_installed(group: str) -> bool:
    """Whether exactly these requirements are installed already."""
    return stamp(group).exists() and stamp(group).read_text() == digest(group)


def install(group: str) -> int:
    """Install one group of requirements, each file checked against its hash."""
    say(f"Installing requirements/{group}.txt …")
    options = ["--quiet", "--disable-pip-version-check", "--require-hashes", "-r", f"requirements/{group}.txt"]
    done = subprocess.run([PYTHON, "-m", "pip", "install", *options], cwd=ROOT)
    if done.returncode == 0:
        stamp(group).write_text(digest(group))
    return done.returncode


def main(groups: list[str]) -> int:
    if sys.version_info < OLDEST:
        say(f"The portal needs Python 3.11 or newer; this is {sys.version.split()[0]}. Try: make PYTHON=python3.12 …")
        return 1
    if not is_whole():
        say("Making the environment .venv …")
        if subprocess.run([sys.executable, "-m", "venv", "--clear", ENVIRONMENT]).returncode:
            say("The environment could not be made. Where Python comes in parts, add its venv part (python3-venv).")
            return 1
    for group in groups:
        if not is_installed(group) and install(group):
            say("The requirements could not be installed; the reason stands above. Then run the command again.")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

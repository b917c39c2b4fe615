"""`python -m infra.local.lock`: what is installed, as constraints that any machine can use.

Local labels are cut (`torch==2.13.0+cpu` becomes `torch==2.13.0`), so that each machine takes the build it is
offered; what only CUDA builds bring along is left out, because others could not install it.
"""

import re
import subprocess
import sys

_CUDA_ONLY = re.compile(r"^(nvidia-|cuda-|triton\b|pytorch-triton)", re.IGNORECASE)

HEAD = "# The whole environment, as `make lock` wrote it and `make setup` installs it: versions only.\n"


def constraints(frozen: str) -> str:
    """Lines of `pip freeze --exclude-editable` as constraints: name==version, nothing else."""
    lines = [line.split("+")[0] for line in frozen.splitlines() if re.match(r"^[A-Za-z0-9._-]+==", line)]
    return HEAD + "".join(f"{line}\n" for line in lines if not _CUDA_ONLY.match(line))


def main() -> int:
    """Print the constraints of this environment."""
    freeze = [sys.executable, "-m", "pip", "freeze", "--exclude-editable", "--disable-pip-version-check"]
    print(constraints(subprocess.run(freeze, check=True, capture_output=True, text=True).stdout), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())

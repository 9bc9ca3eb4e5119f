"""Entry point. Garbage collection is off while modules load, because nothing they create is garbage."""

from __future__ import annotations

import gc


def main() -> None:
    gc.disable()
    from followup.cli.program import run

    run()


if __name__ == "__main__":
    main()

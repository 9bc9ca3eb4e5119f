"""The way in. The collector is off while modules load: nothing they make is garbage."""

from __future__ import annotations

import gc


def main() -> None:
    gc.disable()
    from followup.cli.program import run

    run()


if __name__ == "__main__":
    main()

"""The set-up itself, run by .venv's own Python: packages, page, then what was asked for."""

import argparse
import os
import sys

from steps import audit, browser, checks, page, port, postgres, python_packages
from steps.common import BIN, PYTHON, ROOT, SetupProblem, run


def serve(chosen_port: int) -> None:
    """Becomes the server, so that signals reach it."""
    command = [str(BIN / "ntkscope"), "serve", "--port", str(chosen_port)]
    os.chdir(ROOT)
    os.execv(command[0], command)


def bench() -> None:
    """Every benchmark, one after another; conformance.py apart, which wants a file of cases."""
    for script in sorted((ROOT / "benchmarks").glob("*.py")):
        if script.name != "conformance.py" and '__name__ == "__main__"' in script.read_text():
            print(f"== {script.relative_to(ROOT)}", flush=True)
            run([PYTHON, script], f"{script.name} failed.")


def main() -> int:
    """Carries out one command; returns the exit status."""
    parser = argparse.ArgumentParser(prog="scripts/setup.py", description=__doc__)
    parser.add_argument("command", choices=["setup", "run", "test", "bench", "soak", "audit"])
    parser.add_argument("--port", type=int, default=int(os.environ.get("NTKSCOPE_PORT") or 8000))
    arguments = parser.parse_args()
    try:
        if arguments.command == "run":
            port.require_free(arguments.port)
        python_packages.install(dev=arguments.command != "run")
        if arguments.command != "audit":
            page.build(with_packages=arguments.command == "test")
        if arguments.command == "run":
            serve(arguments.port)
        elif arguments.command == "test":
            chromium = browser.find()
            with postgres.running() as database:
                return checks.run_all(chromium, database)
        elif arguments.command == "audit":
            return audit.audit()
        elif arguments.command == "bench":
            bench()
        elif arguments.command == "soak":
            chromium = browser.find()
            with postgres.running() as database:
                return checks.soak(chromium, database)
        else:
            print("ntkscope is set up in .venv. Start it:  make run")
    except SetupProblem as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. The same command goes on from here.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())

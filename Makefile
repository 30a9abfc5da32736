# Everything a person types. Needs only Python 3.11 with venv, and make.
PYTHON ?= python3
PY := .venv/bin/python
PIP_FLAGS := --quiet --disable-pip-version-check --no-deps --require-hashes

.PHONY: demo test check fmt lock web bench clean

demo: .venv/.run web  ## the whole product with demo cameras on embedded defaults
	$(PY) -m sergek demo

test: .venv/.dev web  ## every test that this machine can run; the others say what to install
	$(PY) -m pytest -q -n 2 --dist loadfile

check: .venv/.dev  ## format, lint, types, layers
	$(PY) -m ruff format --check src tests bench
	$(PY) -m ruff check src tests bench
	$(PY) -m mypy
	.venv/bin/lint-imports --no-logo

fmt: .venv/.dev  ## put the tree into the house's format
	$(PY) -m ruff format src tests bench
	$(PY) -m ruff check --fix src tests bench

bench: .venv/.dev web  ## measure speed and memory on this machine
	$(PY) -m bench

web: src/sergek/centre/static/vendor/.built  ## browser libraries, from npm by lock file

src/sergek/centre/static/vendor/.built: web/package-lock.json web/build.mjs .venv/.run
	$(PY) web/build.py

.venv/.run: requirements/run.txt pyproject.toml
	test -x $(PY) || $(PYTHON) -m venv .venv
	$(PY) -m pip install $(PIP_FLAGS) -r requirements/run.txt
	$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

.venv/.dev: .venv/.run requirements/dev.txt
	$(PY) -m pip install $(PIP_FLAGS) -r requirements/dev.txt
	touch $@

lock: .venv/.dev  ## newest allowed versions, hashed, without download addresses
	$(PY) -m pip install --quiet uv
	$(PY) -m uv pip compile -q --upgrade --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate pyproject.toml -o requirements/run.txt
	$(PY) -m uv pip compile -q --upgrade --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate pyproject.toml --extra simulate --group dev -c requirements/run.txt -o requirements/dev.txt

clean:  ## remove what the build made (never data)
	rm -rf .venv src/sergek/centre/static/vendor web/node_modules .mypy_cache .pytest_cache .ruff_cache .import_linter_cache

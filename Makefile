# Two commands matter: `make bulletin` makes everything and the site, `make test` proves it.
# On a machine without internet: `make env WHEELHOUSE=DIR`, with DIR from `make wheelhouse`.

PYTHON ?= python3
BIN := .venv/bin
EDITIONS := params/demo-2020-06-12.yml params/demo-2020-07-24.yml
INDEX := $(if $(WHEELHOUSE),--no-index --find-links $(WHEELHOUSE))

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: bulletin open env test lint notebooks wheelhouse lock benchmarks clean

bulletin: env
	$(BIN)/bulletin data demo
	$(BIN)/bulletin run $(EDITIONS)

open: env
	$(BIN)/bulletin data fetch $(if $(MIRROR),--mirror $(MIRROR))
	$(BIN)/bulletin data synthesise
	$(BIN)/bulletin run params/open-2020-06-12.yml params/open-2020-07-24.yml

env: .venv/installed

.venv/installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or later is needed: make env PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install -q $(INDEX) --require-hashes -r requirements.lock
	$(BIN)/python -m pip install -q --no-index --no-deps --no-build-isolation -e .
	@touch $@

test: env lint
	$(BIN)/bulletin data demo
	$(BIN)/bulletin count params/demo-2020-06-12.yml
	$(BIN)/python -m pytest -n 2 --dist loadgroup
	JUPYTER_DEFAULT_PROVISIONER_NAME=bulletin-warm $(BIN)/python -m pytest --nbval notebooks/

lint: env
	$(BIN)/ruff format --check src tests benchmarks
	$(BIN)/ruff check src tests benchmarks

# Run the pages of the first demonstration edition again and keep their outputs.
notebooks: env
	$(BIN)/bulletin data demo
	$(BIN)/bulletin count params/demo-2020-06-12.yml
	$(BIN)/bulletin notebooks params/demo-2020-06-12.yml

wheelhouse:
	$(PYTHON) -m pip download -q --require-hashes -r requirements.lock -d $(or $(WHEELHOUSE),wheelhouse)

lock:
	uv pip compile --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
	  --extra dev pyproject.toml -o requirements.lock --quiet

benchmarks: env
	$(BIN)/python benchmarks/edition.py
	$(BIN)/python benchmarks/statistics.py
	$(BIN)/python benchmarks/nowcast.py
	$(BIN)/python benchmarks/counting.py

clean:
	rm -rf _build site

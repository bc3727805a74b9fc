# Two commands do all the set-up: `make demo` and `make test`. Everything lives in .venv; nothing else is touched.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
DEMO := demo

.PHONY: help demo report test quick lint types imports docs format check wheel weights assets words benchmarks validation peers pictures constraints clean
help:
	@sed -n 's/^## //p' $(MAKEFILE_LIST)

## make demo         install, start a clinic with simulated patients in it, print its address (Ctrl-C ends it)
demo: $(INSTALLED)
	$(BIN)/poise demo --data $(DEMO)/clinic $(DEMO_ARGS)

## make report       measure a simulated visit without a clinic (walk, chair, stance, muscles), write a report, say where it is
report: $(INSTALLED)
	$(BIN)/python examples/simulated_visit.py $(DEMO)/visit
	$(BIN)/poise analyze $(DEMO)/visit --same-person --person age_years=45,sex=f --html $(DEMO)/report.html

## make test         install, get a browser and a PostgreSQL where it may, run every test, and the clinic's on both databases
test: $(INSTALLED)
	tools/get-browser
	tools/get-postgres
	$(BIN)/python -m pytest -n 2 --dist worksteal $(PYTEST_ARGS)
	$(BIN)/python tests/clinic/postgres.py \
		$(BIN)/python -m pytest -n 2 --dist worksteal -m "not browser and not sqlite and not postgres" tests/clinic $(PYTEST_ARGS)

## make quick        the tests that take no browser, no real recordings and no patience
quick: $(INSTALLED)
	$(BIN)/python -m pytest -n 2 -m "not slow and not browser and not data and not postgres" $(PYTEST_ARGS)

## make lint types imports docs   what CI checks beside the tests
lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(INSTALLED)
	$(BIN)/mypy
	$(BIN)/python tools/frontend/assets.py --check

imports: $(INSTALLED)
	$(BIN)/lint-imports

docs: $(INSTALLED)
	$(BIN)/python tools/write_docs.py
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

check: lint types imports docs test

format: $(INSTALLED)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

wheel: $(INSTALLED)
	POISE_WEIGHTS=$${POISE_WEIGHTS:-required} POISE_ASSETS=$${POISE_ASSETS:-required} $(BIN)/hatchling build -t wheel

## make weights      fetch the pose networks for video (the build does it too, where npm's registry can be reached)
weights: $(INSTALLED)
	$(BIN)/python tools/pose/weights.py

## make assets       build the browser's scripts again, after a change in frontend/ (the build does it too)
assets: $(INSTALLED)
	$(BIN)/python tools/frontend/assets.py

## make words        bring the Spanish catalogues up to date with the sentences of the sources, and compile them
words: $(INSTALLED)
	$(BIN)/python tools/messages.py

## make validation   write validation/results.md from ../shared/data (peers: see validation/peers/README.md)
validation: $(INSTALLED)
	$(BIN)/poise validate ../shared/data --markdown validation/results.md \
		$(foreach file,$(wildcard validation/peers/*/scores.json),--peers $(file))

## make benchmarks   write benchmarks/README.md: speed and memory as ratios within one run
benchmarks: $(INSTALLED)
	$(BIN)/python benchmarks/run.py

## make peers         run other software on the same recordings, each in its own environment (minutes; see validation/peers)
peers: $(INSTALLED)
	$(BIN)/python validation/peers/run.py

## make pictures      take the pictures of the README again, from the running system
pictures: $(INSTALLED)
	tools/get-browser
	$(BIN)/python tools/take_pictures.py

## make constraints  pin every dependency again, with hashes
constraints: $(INSTALLED)
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header --quiet --output-file constraints.txt

clean:
	rm -rf $(VENV) $(DEMO) dist site

$(INSTALLED): constraints.txt pyproject.toml tools/pose/package-lock.json tools/pose/weights.py frontend/package-lock.json
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Poise needs Python 3.11 or later: make PYTHON=python3.11 ..."; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes --no-deps -r constraints.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $(INSTALLED)

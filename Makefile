# make chat   ask the article in a browser, on http://127.0.0.1:7860
# make test   every check and test
# make space  run as a Hugging Face Space does, in a new environment
# make fuzz   look for what breaks loaders, questions and the server, for FUZZ_S seconds
# They set up .venv themselves, from the pins in constraints.txt; a second run finds it done.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# A newer pip resolves against the constraints the same way on every machine.
PIP := $(BIN)/python -m pip --disable-pip-version-check

# No round of fuzzing begins after so many seconds.
FUZZ_S ?= 600

.PHONY: chat test coverage space fuzz lint format pictures constraints clean

chat: $(VENV)/.chat
	$(BIN)/python app.py

test: lint
	$(BIN)/python -m pytest --numprocesses=2 --dist=loadfile --reruns=1
	$(BIN)/citewell evaluate corpus/questions.jsonl --corpus corpus/operation-disruptor.txt --split test --fail-under $(BOUNDS)

# What the program reached on the test questions when it was last changed, less one question for another processor's
# arithmetic; docs/evaluation.md has the figures.
BOUNDS := f1=0.31,right=0.88,evidence_recall=0.31,abstention_recall=0.97,false_abstention=0.66,exact=1,recall@5=0.95

# A round prints its seed, and what it finds ends with the command that finds it again.
fuzz: $(VENV)/.test
	$(BIN)/python tests/fuzz/rounds.py --seconds $(FUZZ_S)

# Which lines no test runs. By itself, since to watch every line takes long.
coverage: $(VENV)/.test
	$(BIN)/python -m pytest --numprocesses=2 --dist=loadfile --cov --cov-report=term:skip-covered

# Installs requirements.txt alone, runs app.py and asks over HTTP.
space: $(VENV)/.test
	$(BIN)/python tests/space.py

lint: $(VENV)/.test
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.test
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

# The stamps are newer than what they were made from, or the step runs again.
$(VENV)/.python:
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(not (3, 11) <= v[:2] < (3, 14) and f"citewell needs Python 3.11 to 3.13, {sys.executable} is {v[0]}.{v[1]}: make PYTHON=python3.11 chat")'
	$(PYTHON) -m venv $(VENV)
	touch $@

$(VENV)/.chat: $(VENV)/.python pyproject.toml constraints.txt
	$(PIP) install --quiet --constraint constraints.txt --editable '.[all]'
	touch $@

$(VENV)/.test: $(VENV)/.python pyproject.toml constraints.txt
	$(PIP) install --quiet --constraint constraints.txt --editable '.[all,dev]'
	touch $@ $(VENV)/.chat

# The documentation's pictures, from the program as it is.
pictures: $(VENV)/.test
	TAKE_PICTURES=1 $(BIN)/python -m pytest tests/browser/test_pictures.py tests/browser/test_newcomer.py

# The newest releases that pyproject.toml allows, tried by the tests before they are pinned.
constraints:
	rm -rf build/constraints && $(PYTHON) -m venv build/constraints
	build/constraints/bin/python -m pip install --quiet --editable '.[all,dev,ocr]'
	build/constraints/bin/python -m pip freeze --exclude-editable | sed 's/+cpu$$//' > constraints.txt
	build/constraints/bin/python tests/light_requirements.py

clean:
	rm -rf $(VENV) build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage

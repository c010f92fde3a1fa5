# Layer by Layer. `make` lists what there is to make; `make demo` and `make test` need nothing but Python 3.11 or later and make.

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
INSTALLED := $(VENV)/installed
export TF_CPP_MIN_LOG_LEVEL := 3
export CUDA_VISIBLE_DEVICES := -1

.PHONY: help setup demo test bench mutants train capstone network results release solutions figure site serve screenshots lighthouse format lint requirements clean
.DEFAULT_GOAL := help

help:  ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "%-14s%s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(INSTALLED)  ## make .venv and install everything into it

$(INSTALLED): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v <= (3, 13) else f"Python 3.11, 3.12 or 3.13 is needed, and $(PYTHON) is {v[0]}.{v[1]}: name another one with `make PYTHON=python3.12 …`.")'
	@echo "Setting up $(VENV) (3 GB, a few minutes the first time) …"
	@test -x $(PY) || $(PYTHON) -m venv $(VENV)
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(INSTALLED)  ## run the course once through: release, a class of submissions, grading, feedback, export
	@$(PY) tools/demo.py

test: $(INSTALLED)  ## check the style and run every test
	@$(MAKE) --no-print-directory lint
	@$(PY) -m pytest

bench: $(INSTALLED)  ## grade the same class with nbgrader's own command and with ours, and compare (about an hour, on an idle machine)
	@$(PY) benchmarks/grading.py

mutants: $(INSTALLED)  ## change the course's own answers mechanically, and show which changes the checks notice
	@$(PY) tools/mutants.py

train: $(INSTALLED)  ## train the reference network once and compare it with the published table (2 to 6 minutes)
	@$(PY) solutions/mnist_cnn.py

results: $(INSTALLED)  ## train the missing ones of 30 seeds (hours) and write solutions/results anew
	@$(PY) solutions/reproduce.py && $(PY) tools/spread.py

network: $(INSTALLED)  ## train the network that the lessons and the website show, data/network.safetensors
	@$(PY) tools/network.py

capstone: $(INSTALLED)  ## train the reference answer to lesson 11
	@$(PY) solutions/capstone.py

release: $(INSTALLED)  ## the students' notebooks in release/, and student.zip
	@$(PY) tools/release.py

solutions: $(INSTALLED)  ## execute the solutions of all lessons
	@$(PY) tools/solutions.py

# Never with --quiet: it keeps MkDocs from counting its warnings, and --strict from failing.
site: $(INSTALLED)  ## build the website into build/site
	@NO_MKDOCS_2_WARNING=1 $(PY) -m mkdocs build --strict

serve: $(INSTALLED)  ## show the website, and build it anew when a file is saved
	@NO_MKDOCS_2_WARNING=1 $(PY) -m mkdocs serve

screenshots: site  ## photograph the site (build/screenshots) and the tools in its guides (docs/images); PICTURES=site for the first alone
	@$(PY) website/screenshots.py $(PICTURES)

lighthouse: site  ## measure the website with Lighthouse, and write website/lighthouse.md
	@$(PY) website/lighthouse.py

format: $(INSTALLED)  ## put code and lesson notebooks in their one form
	@$(VENV)/bin/ruff check --quiet --fix . ; $(VENV)/bin/ruff format --quiet . ; $(PY) tools/canonical.py

lint: $(INSTALLED)  ## say what `make format` would change, and what ruff finds
	@$(VENV)/bin/ruff check --quiet . && $(VENV)/bin/ruff format --quiet --check . && $(PY) tools/canonical.py --check

requirements:  ## compile the pinned requirements from pyproject.toml
	@$(VENV)/bin/uv pip compile --quiet pyproject.toml --all-extras --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --custom-compile-command "make requirements" --output-file requirements.txt
	@$(VENV)/bin/uv pip compile --quiet pyproject.toml --constraint requirements.txt --universal --python-version 3.11 --no-annotate \
	    --no-emit-index-url --custom-compile-command "make requirements" --output-file student/requirements.txt

figure: $(INSTALLED)  ## draw the picture of the network that the README shows
	@$(PY) tools/network_figure.py

clean:  ## remove demo/, build/ and student.zip; a class's submissions and its gradebook stay
	@rm -rf build demo student.zip

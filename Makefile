# Every command works on a fresh clone with Python 3.11 or newer, venv and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# The system's certificates, so that a company's proxy is trusted as its browser trusts it.
UV := $(BIN)/uv --system-certs --quiet

.DEFAULT_GOAL := help
.PHONY: help workshop lab app kernel wheels test soak measure bench data outputs lock clean

help:  ## list these commands
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/make \1|\2/' | awk -F'|' '{printf "%-15s %s\n", $$1, $$2}'

workshop: $(READY)  ## run every notebook offline, in order; ends with figures and where to look
	@$(BIN)/python -m helpers.walk

# A picture of up to 10 MB travels to the explorer in one message; the server's own limit would cut the connection without a word.
BIG_MESSAGES := --ServerApp.tornado_settings="{'websocket_max_message_size': 104857600}"

lab: $(READY)  ## open the notebooks in JupyterLab
	$(BIN)/jupyter lab notebooks $(BIG_MESSAGES)

app: $(READY)  ## open the explorer as a page of its own; runs first what is missing
	@$(BIN)/python -m helpers.app

kernel: $(READY)  ## show .venv as a kernel to a JupyterLab that runs already (SageMaker Studio)
	$(BIN)/python -m ipykernel install --user --name personalized-image-search --display-name "Personalized image search"

# For whom: Windows is WSL, so linux; macos is Apple silicon, from macOS 14 on.
PYTHONS ?= 3.11 3.12 3.13
MACHINES ?= linux macos
wheels: $(READY)  ## fetch all packages into data/wheels, for a set-up without network: make wheels [PYTHONS=3.12 MACHINES=linux]
	@for python in $(PYTHONS); do for machine in $(MACHINES); do .ci/wheels $$python $$machine data/wheels || exit 1; done; done
	@echo "$$(du -sh data/wheels | cut -f1) in data/wheels. Copy the folder to the others; there: WHEELS=that-folder make workshop"

test: $(READY)  ## run every test and rerun every notebook against its stored outputs
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest tests notebooks -n 2 --no-loadscope-reorder --nbval --nbval-current-env --nbval-cell-timeout=300

soak: $(READY)  ## stop walk, embedding and clean-up at seeded moments, compare what a rerun finds, and search from 32 threads
	PYTHONPATH=tests $(BIN)/python -m soak

SEED ?= 1
measure: $(READY)  ## measure personalization on a population of its own: make measure SEED=1 [CURVES=1]
	$(BIN)/python tests/benchmarks/$(if $(CURVES),curves,measure).py $(SEED)

bench: $(READY)  ## measure how fast it is, each figure beside a reference: make bench [BIG=1] [CPU=1]
	PYTHONPATH=tests $(BIN)/python -m benchmarks.bench $(if $(BIG),--sizes 3000 20000 200000 --events 100000 1000000 10000000 --pictures 3000 20000 200000 --on-disk 1000000) $(if $(CPU),--cpu)

data: $(READY)  ## draw the pictures and simulate the click log again
	$(BIN)/python -m seeds.pictures
	$(BIN)/python -m seeds.people

outputs: $(READY)  ## run the notebooks and store their outputs in place (for who changes them)
	$(BIN)/python tests/refresh_outputs.py

lock: $(READY)  ## choose the newest versions that requirements*.txt allow and write requirements.lock
	$(UV) pip compile --universal --python-version 3.11 --generate-hashes --no-annotate --no-emit-index-url \
	  --upgrade --custom-compile-command "make lock" requirements-dev.txt -o requirements.lock

clean:  ## delete what the notebooks made offline (pictures, click log, settings and .venv stay)
	rm -rf data/offline

# WHEELS=folder, what `make wheels` fetched, sets up without any network.
FROM := $(if $(WHEELS),--no-index --find-links "$(WHEELS)")
$(READY): requirements.lock pyproject.toml
	@[ -z "$(WHEELS)" ] || [ -d "$(WHEELS)" ] || { echo "WHEELS: there is no folder $(WHEELS); make wheels fills one where there is a network."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed; this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@echo "Setting up $(VENV): about a minute, once."
	@$(PYTHON) -m venv --clear $(VENV)   # clear: an interrupted set-up may have left half of it
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check $(FROM) uv
	@VIRTUAL_ENV=$(VENV) $(UV) pip install $(FROM) --compile-bytecode --require-hashes -r requirements.lock
	@VIRTUAL_ENV=$(VENV) $(UV) pip install $(FROM) --no-deps --editable .
	@touch $@

.DEFAULT_GOAL := help
PYTHON ?= python3.11
SONGS ?= examples
BIN := .venv/bin
LIBRARIES := packages/lyric_timing packages/song_audio packages/sow_web
ALIGNER := services/qwen3_align
ALIGNER_BIN := $(ALIGNER)/.venv/bin
MUSIC_MODELS := services/music_models
MUSIC_MODELS_BIN := $(MUSIC_MODELS)/.venv/bin

.PHONY: help demo test test-slow test-music-models check bench docs

help:  ## list what there is to do
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 10

.venv/installed: constraints.txt pyproject.toml $(LIBRARIES:%=%/pyproject.toml) packages/music_analysis/pyproject.toml services/analysis/pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/pip install --quiet -c constraints.txt $(LIBRARIES:%=-e %) -e packages/music_analysis -e services/analysis -e . --group dev
	touch $@

$(ALIGNER)/.venv/installed: $(ALIGNER)/constraints.txt $(ALIGNER)/pyproject.toml $(LIBRARIES:%=%/pyproject.toml)
	$(PYTHON) -m venv $(ALIGNER)/.venv
	$(ALIGNER_BIN)/pip install --quiet --upgrade "pip>=25.1"
	$(ALIGNER_BIN)/pip install --quiet -c $(ALIGNER)/constraints.txt $(LIBRARIES:%=-e %) -e $(ALIGNER) --group $(ALIGNER)/pyproject.toml:dev
	touch $@

# allin1 goes in without its needs: it asks for the first Demucs, which wants an old torchaudio, and on some systems for
# natten, which is compiled. Neither is used. What is used of its needs, music-models asks for itself.
$(MUSIC_MODELS)/.venv/installed: $(MUSIC_MODELS)/constraints.txt $(MUSIC_MODELS)/pyproject.toml packages/song_audio/pyproject.toml
	$(PYTHON) -m venv $(MUSIC_MODELS)/.venv
	$(MUSIC_MODELS_BIN)/pip install --quiet --upgrade "pip>=25.1"
	$(MUSIC_MODELS_BIN)/pip install --quiet -c $(MUSIC_MODELS)/constraints.txt -e packages/song_audio -e $(MUSIC_MODELS) --group $(MUSIC_MODELS)/pyproject.toml:dev
	$(MUSIC_MODELS_BIN)/pip install --quiet --no-deps -c $(MUSIC_MODELS)/constraints.txt allin1
	touch $@

demo: .venv/installed  ## time the sample song, through a service of its own
	examples/demo.sh

test: .venv/installed $(ALIGNER)/.venv/installed  ## run the tests
	cd $(ALIGNER) && .venv/bin/pytest -q -m "not slow"
	$(BIN)/pytest -q -m "not slow"

test-slow: .venv/installed $(ALIGNER)/.venv/installed  ## run the long tests: every engine under every fault, real models (which are fetched)
	cd $(ALIGNER) && .venv/bin/pytest -q -m slow
	@if command -v cc; then $(MAKE) test-music-models; else echo "The music models are left out: they need a C compiler."; fi
	$(BIN)/pytest -q -m slow

test-music-models: $(MUSIC_MODELS)/.venv/installed  ## check and test the program that runs allin1 and Demucs, in its environment
	cd $(MUSIC_MODELS) && .venv/bin/pyright && .venv/bin/lint-imports && .venv/bin/pytest -q

check: .venv/installed $(ALIGNER)/.venv/installed  ## lint and type-check
	$(BIN)/ruff check .
	$(BIN)/pyright
	$(BIN)/lint-imports
	cd $(ALIGNER) && .venv/bin/pyright && .venv/bin/lint-imports

bench: .venv/installed  ## accuracy, speed and memory on SONGS (default: examples), and the matcher's speed
	$(BIN)/python bench/songs.py $(SONGS)
	$(BIN)/python bench/songs.py $(SONGS) --sheet paper.txt
	$(BIN)/python bench/matcher.py

docs: .venv/installed $(ALIGNER)/.venv/installed  ## write the pages of settings and of faults anew from the code
	$(BIN)/python docs/make_settings.py analysis
	$(ALIGNER_BIN)/python docs/make_settings.py qwen3
	$(BIN)/python services/analysis/tests/support/fault_table.py > docs/faults.md

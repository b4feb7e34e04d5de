# Morula. `make` lists what there is.
SWIFT ?= swift
PREFIX ?= /usr/local
CONFIGURATION ?= release
BUILD = .build/$(CONFIGURATION)
MORULA = $(BUILD)/morula
DEMO = .build/demo
# Where `make bench-peers` keeps the programs that Morula is compared with.
VENV ?= Benchmarks/.venv
PYTHON ?= python3
# Small volumes of large voxels, so that a network learns in a minute.
DEMO_GRID = --size 85,83,34 --voxel-size 1.2,1.2,2.625 --diversity 0.5
SWIFT_SOURCES = Package.swift Sources Tests Benchmarks/Package.swift Benchmarks/Sources \
  Examples/Package.swift Examples/Sources

# What the build and the binary need from Debian or Ubuntu; `make deps` installs what is missing.
PACKAGES = libopenblas-dev liblapacke-dev libtiff-dev libpng-dev libssl-dev libzip-dev libxml2 \
  libblosc-dev libzstd-dev zlib1g-dev pkg-config
SUDO = $(shell [ "$$(id -u)" = 0 ] || echo sudo)

.DEFAULT_GOAL := help
.PHONY: help deps build test crash test-thread test-address fuzz fuzz-corpus demo demo-training examples bench bench-peers format lint docs install clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

deps: ## install the Debian packages that the build needs, where they are missing
	@if ! command -v dpkg-query >/dev/null; then \
	  echo "no dpkg here: install the equivalents of $(PACKAGES) yourself"; exit 0; fi; \
	missing=$$(for p in $(PACKAGES); do \
	  dpkg-query -W -f '$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || echo $$p; done); \
	if [ -n "$$missing" ]; then \
	  echo "installing" $$missing; \
	  $(SUDO) apt-get update -qq && \
	  DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -y -qq --no-install-recommends $$missing; \
	fi

build: deps ## build the command, .build/release/morula
	$(SWIFT) build -c $(CONFIGURATION) --product morula

# In two steps: `swift test` builds with flags of its own, after which `make build` would compile
# everything again.
test: deps ## run all tests
	$(SWIFT) build -c $(CONFIGURATION) --build-tests
	$(SWIFT) test -c $(CONFIGURATION) --skip-build

# With locks of pthread: ThreadSanitizer does not see those of Synchronization.Mutex.
test-thread: deps ## run all tests under ThreadSanitizer: no race
	TSAN_OPTIONS=suppressions=$(CURDIR)/Tests/thread-sanitizer.txt \
	  $(SWIFT) test -c release --sanitize thread --scratch-path .build/thread \
	  -Xswiftc -DMORULA_PTHREAD_LOCKS

test-address: deps ## run all tests under AddressSanitizer: no access outside of a block
	ASAN_OPTIONS=detect_leaks=0 $(SWIFT) test -c release --sanitize address --scratch-path .build/address \
	  -Xswiftc -DMORULA_PLAIN_ALLOCATOR

# How often each job is killed.
MORULA_KILLS ?= 200

crash: deps ## kill each kind of job at random moments, MORULA_KILLS times: the results stay the same
	$(SWIFT) build -c release --build-tests
	MORULA_KILLS=$(MORULA_KILLS) $(SWIFT) test -c release --skip-build \
	  --filter 'RestartTests|SegmentZarrTests'

# Seconds for each target, and which ones.
FUZZ_SECONDS ?= 60
FUZZ_TARGETS ?= $(notdir $(wildcard Tests/Fuzzing/Corpus/*))
FUZZ_FLAGS = --scratch-path .build/fuzz --sanitize fuzzer -Xswiftc -sanitize=fuzzer,address \
  -Xswiftc -DMORULA_PLAIN_ALLOCATOR -Xcc -fsanitize=address

fuzz: deps ## run the parsers under libFuzzer and AddressSanitizer; FUZZ_SECONDS each, FUZZ_TARGETS
	MORULA_FUZZ=1 $(SWIFT) build -c release $(FUZZ_FLAGS) --product fuzz
	$(PYTHON) Tests/Fuzzing/seeds.py .build/fuzz/seeds
	for target in $(FUZZ_TARGETS); do Tests/Fuzzing/run.sh $$target $(FUZZ_SECONDS) || exit 1; done

fuzz-corpus: ## make the corpus of the fuzz targets small again, after make fuzz
	for target in $(FUZZ_TARGETS); do Tests/Fuzzing/minimize.sh $$target || exit 1; done

demo: build ## from nothing to scores: make a series, segment it, measure, evaluate, show it
	rm -rf $(DEMO)
	$(MORULA) synthesize --output $(DEMO)/series --frames 8 --seed 7
	$(MORULA) segment $(DEMO)/series/images --output $(DEMO)/network
	$(MORULA) segment $(DEMO)/series/images --method classical --output $(DEMO)/classical
	$(MORULA) measure $(DEMO)/series/instances --image $(DEMO)/series/images --output $(DEMO)/truth
	@echo "Morula's own models, then the same series without a network:"
	$(MORULA) evaluate --prediction $(DEMO)/network --truth $(DEMO)/series/instances \
	  --json $(DEMO)/network/scores.json
	$(MORULA) evaluate --prediction $(DEMO)/classical --truth $(DEMO)/series/instances \
	  --json $(DEMO)/classical/scores.json
	$(MORULA) figure --column truth=$(DEMO)/series/instances --column networks=$(DEMO)/network \
	  --column classical=$(DEMO)/classical --images $(DEMO)/series/images --output $(DEMO)/figure.svg
	@echo "Open $(DEMO)/figure.svg in a browser, and $(DEMO)/series/images/t007.tif with"
	@echo "$(DEMO)/network/labels/t007.tif in Fiji or napari."
	@echo "Tables: $(DEMO)/network/nuclei.csv and criteria.csv; those of the truth are in $(DEMO)/truth."

demo-training: build ## make embryos and train a compact network on them, in about a minute
	rm -rf $(DEMO)/training $(DEMO)/run
	$(MORULA) synthesize --output $(DEMO)/training --embryos 4 --frames 5 --seed 1 $(DEMO_GRID)
	$(MORULA) train --config configs/demo.yaml --set data.root=$(DEMO)/training --output $(DEMO)/run
	$(MORULA) model info $(DEMO)/run/best.safetensors

examples: build ## build the package in Examples/ against this library, run its programs
	$(SWIFT) build -c release --package-path Examples
	$(MORULA) synthesize --output $(DEMO)/example --frames 3 --seed 5 --end 16
	Examples/.build/release/count-nuclei $(DEMO)/example/images/t002.tif \
	  Models/nsn.safetensors Models/ndn.safetensors $(DEMO)/example/labels.tif
	Examples/.build/release/time-convolution

bench: deps ## time convolutions, inference and training steps
	$(SWIFT) run -c release --package-path Benchmarks benchmarks

bench-peers: build $(VENV)/installed ## time networks beside PyTorch, ONNX Runtime and OpenVINO
	$(VENV)/bin/python Benchmarks/peers/networks.py --morula $(MORULA) $(ARGS)

$(VENV)/installed: Benchmarks/peers/requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --requirement $<
	touch $@

format: ## format the sources in place
	$(SWIFT) format --in-place --parallel --recursive $(SWIFT_SOURCES)

lint: ## check the format
	$(SWIFT) format lint --strict --parallel --recursive $(SWIFT_SOURCES)

docs: deps ## build the library's documentation into .build/docs
	mkdir -p .build/docs
	for target in Compute Tensors Networks Microscopy Morphometry Figures Segmentation Training Synthesis \
	  Benchmarking Exchange; do \
	  $(SWIFT) package --allow-writing-to-directory .build/docs generate-documentation \
	    --target $$target --output-path .build/docs/$$target --warnings-as-errors || exit 1; \
	done

install: build ## install the command and its models to PREFIX (default /usr/local)
	install -d $(DESTDIR)$(PREFIX)/bin
	install -m 755 $(MORULA) $(DESTDIR)$(PREFIX)/bin/morula
	install -d $(DESTDIR)$(PREFIX)/share/morula/models
	for file in $(wildcard Models/*.safetensors); do \
	  install -m 644 $$file $(DESTDIR)$(PREFIX)/share/morula/models || exit 1; \
	done

clean: ## remove everything that was built
	rm -rf .build Benchmarks/.build Benchmarks/.venv

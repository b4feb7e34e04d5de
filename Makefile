# Morula. `make` lists what there is.
SWIFT ?= swift
PREFIX ?= /usr/local
CONFIGURATION ?= release
BUILD = .build/$(CONFIGURATION)
MORULA = $(BUILD)/morula
DEMO = .build/demo
SWIFT_SOURCES = Package.swift Sources Tests Benchmarks/Package.swift Benchmarks/Sources

# What the build and the binary need from Debian or Ubuntu; `make deps` installs what is missing.
PACKAGES = libopenblas-dev liblapacke-dev libtiff-dev libssl-dev libxml2 pkg-config
SUDO = $(shell [ "$$(id -u)" = 0 ] || echo sudo)

.DEFAULT_GOAL := help
.PHONY: help deps build test demo bench format lint docs install clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

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

test: deps ## run all tests
	$(SWIFT) test -c $(CONFIGURATION)

demo: build ## train a compact network on volumes made here, and predict one
	rm -rf $(DEMO)
	$(MORULA) synthesize --output $(DEMO)/data --embryos 4 --frames 5 --seed 1 \
	  --size 85,83,34 --voxel-size 1.2,1.2,2.625 --diversity 0.5
	$(MORULA) train --config configs/demo.yaml --set data.root=$(DEMO)/data --output $(DEMO)/run
	$(MORULA) model info $(DEMO)/run/best.safetensors
	$(MORULA) predict --model $(DEMO)/run/best.safetensors \
	  $(DEMO)/data/images/Emb04_t003.tif --output $(DEMO)/prediction
	@echo "Open $(DEMO)/prediction/Emb04_t003.tif in Fiji or napari: the probability of every voxel"
	@echo "to be nucleus, beside $(DEMO)/data/images/Emb04_t003.tif and the truth in $(DEMO)/data/nsn."

bench: deps ## time convolutions, inference and training steps
	$(SWIFT) run -c release --package-path Benchmarks benchmarks

format: ## format the sources in place
	$(SWIFT) format --in-place --parallel --recursive $(SWIFT_SOURCES)

lint: ## check the format
	$(SWIFT) format lint --strict --parallel --recursive $(SWIFT_SOURCES)

docs: deps ## build the library's documentation into .build/docs
	mkdir -p .build/docs
	for target in Compute Tensors Networks Microscopy Morphometry Pipeline; do \
	  $(SWIFT) package --allow-writing-to-directory .build/docs generate-documentation \
	    --target $$target --output-path .build/docs/$$target --warnings-as-errors || exit 1; \
	done

install: build ## install the command to PREFIX/bin (default /usr/local)
	install -d $(DESTDIR)$(PREFIX)/bin
	install -m 755 $(MORULA) $(DESTDIR)$(PREFIX)/bin/morula

clean: ## remove everything that was built
	rm -rf .build Benchmarks/.build

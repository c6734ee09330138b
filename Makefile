# Martlet: `make help` lists the targets. Each installs by itself whatever it needs.
SHELL := /bin/bash
MARTLET_DATA ?= data
SWIFT_BUILD_FLAGS ?=
RELEASE = .build/release/martlet

.DEFAULT_GOAL := help
.PHONY: help up build image test test-engine test-one simulate test-deps bench bench-engine bench-peers fuzz assets golden lint format setup clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 16

up: build ## build and start everything; Ctrl-C stops it
	@exec $(RELEASE) up --data $(MARTLET_DATA)

# With Swift's libraries inside: the program runs where Swift is not installed, and takes less memory.
build: setup ## build the program for release
	swift build -c release --product martlet --static-swift-stdlib $(SWIFT_BUILD_FLAGS)

image: build ## build the container image "martlet" from a program built here (LOCAL_BASE=1: reach no registry)
	mkdir -p dist && install -m 755 $(RELEASE) dist/martlet && strip dist/martlet
	$(if $(LOCAL_BASE),scripts/local-base-image martlet-base:local dist/martlet)
	docker build -t martlet --build-arg BUILD_IMAGE=$(or $(BUILD_IMAGE),$(if $(LOCAL_BASE),martlet-base:local,debian:bookworm-slim)) \
	    --build-arg RUNTIME_IMAGE=$(or $(RUNTIME_IMAGE),$(if $(LOCAL_BASE),martlet-base:local,debian:bookworm-slim)) .

test: test-deps ## run all tests and end with the count
	@scripts/test

test-engine: setup ## test the engine only (no network stack): seconds
	MARTLET_ENGINE_ONLY=1 swift test --scratch-path .build-engine

simulate: setup ## run the storage simulator over many seeds: make simulate SEEDS=200
	MARTLET_SIMULATION_SEEDS=$(or $(SEEDS),200) MARTLET_ENGINE_ONLY=1 swift test --scratch-path .build-engine --filter SimulationTests

test-one: setup ## test what matches a name: make test-one F=TSDBTests
	swift test --filter $(F)

test-deps: ## install what the tests need: Prometheus, node exporter, Chromium
	@scripts/setup --test

fuzz: setup ## fuzz the PromQL parser, scripts, the storage's decoders, exposition, JSON and remote write: make fuzz SECONDS=60
	@scripts/fuzz $(or $(SECONDS),20)

bench: build ## measure speed and memory, with the commands to repeat it
	@scripts/bench

bench-peers: build ## measure beside Prometheus and VictoriaMetrics: make bench-peers ARGS=--quick
	@scripts/bench-peers $(ARGS)

assets: ## list the browser files anew after adding or deleting one
	@scripts/list-assets

golden: ## rewrite the golden files for review
	MARTLET_WRITE_GOLDEN=1 swift test

lint: ## check the format of the sources
	swift format lint --strict --parallel --recursive Sources Tests Benchmarks Fuzz Package.swift

format: ## format the sources
	swift format --in-place --parallel --recursive Sources Tests Benchmarks Fuzz Package.swift

setup:
	@scripts/setup

clean: ## remove what was built (not the data)
	rm -rf .build .build-engine dist

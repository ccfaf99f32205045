# Two commands: `make run` builds and starts a server, `make test` runs every test.

# Where builds are kept; outside of the clone it survives `git clean`, as .ci/run does.
SCRATCH ?= .build
# Arguments of the server: make run ARGUMENTS="--config martlet.yaml"
ARGUMENTS ?=

WEB_PACKAGES := esbuild node-react node-react-dom node-highlight.js katex fonts-inter fonttools python3-brotli unicode-data unicode-cldr-core librsvg2-bin
BUILD_PACKAGES := pkg-config libsqlite3-dev libsodium-dev libc-ares-dev zlib1g-dev libvips42 libxml2 curl $(WEB_PACKAGES)
TEST_PACKAGES := python3-venv openssl gzip nheko xvfb xdotool imagemagick nodejs node-typescript chromium fonts-noto-color-emoji libolm3
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

.PHONY: run build web test packages test-packages format lint tidy clean

run: build
	@exec $(SCRATCH)/release/martlet serve $(ARGUMENTS)

build: packages
	swift build -c release --product martlet --scratch-path $(SCRATCH)
	@$(MAKE) -s web

# The web client, beside the server's program, where the server looks for it.
web:
	@MARTLET_WEB_CACHE=$(SCRATCH)/web-cache Web/build --out $(SCRATCH)/release/web

test: packages test-packages
	@Tools/run-tests --scratch-path $(SCRATCH)

# Installs by name what is missing; where nothing is, asks for no password and touches no network.
packages:
	@$(call install,$(BUILD_PACKAGES))

test-packages:
	@$(call install,$(TEST_PACKAGES))

define install
missing=""; for package in $(1); do \
  dpkg-query -W -f '$${Status}' $$package 2>/dev/null | grep -q "ok installed" || missing="$$missing $$package"; done; \
if [ -n "$$missing" ]; then echo "Installing$$missing"; \
  $(SUDO) apt-get update -qq && $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=300 $$missing; fi
endef

format:
	swift format format --in-place --recursive Sources Tests Core/Sources Core/Tests Package.swift Core/Package.swift

lint:
	swift format lint --strict --recursive Sources Tests Core/Sources Core/Tests Package.swift Core/Package.swift

tidy:
	@Tools/tidy

clean:
	rm -rf $(SCRATCH)

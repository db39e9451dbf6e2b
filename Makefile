# Each target that builds installs what is missing first (scripts/install-packages) and asks nothing.
#
# Debug builds, which `check`, `test`, `database/init.sql` and `docs/mapping.md` share, treat warnings in our own code as errors; release
# builds do not, so that a later compiler's new warnings stop nobody who only wants to use the program.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:

PREFIX ?= /usr/local
RELEASE := .build/release/atlas2
DEBUG := .build/debug/atlas2
READY := .build/packages-installed

# Under sudo, `make install` takes the program as it was built: root may have no compiler, and leaves no files in .build.
INSTALLED := $(if $(SUDO_USER),,build)

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z/.]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' Makefile

$(READY): scripts/install-packages
	@scripts/install-packages
	@mkdir -p .build
	@touch $@

.PHONY: build
build: export ATLAS2_ALLOW_WARNINGS := 1
build: $(READY) ## Build the program: .build/release/atlas2
	swift build --configuration release --product atlas2

# The example goes into the database under .atlas2 (or ATLAS2_HOME), never into a server that the environment names.
# Exit code 2 says that rows were rejected: some of the example's must be.
.PHONY: run
run: build ## Build, then map and check the example file with a database of its own
	@echo
	@echo '$(RELEASE) run examples/customers.csv --mapping examples/customers.yaml'
	@unset DATABASE_URL DATABASE_OWNER_URL; \
	    $(RELEASE) run examples/customers.csv --mapping examples/customers.yaml \
	    || { code=$$?; [ $$code -eq 2 ] || exit $$code; }
	@echo
	@echo 'What to try next (JOB is the job of the summary; examples/README.md explains the rejected rows):'
	@echo '  $(RELEASE) jobs list                  what was run'
	@echo '  $(RELEASE) jobs errors JOB            the rejected rows: where, why and what to do'
	@echo '  $(RELEASE) projections verify         proof that all tables equal a replay of the log'
	@echo '  $(RELEASE) history job JOB            every event of the job'

# In parts, one after the other, and few at once: all together would be hundreds of databases on a machine of two
# processors, and time limits would say nothing.
PROJECTIONS := LookBackTests|PoisonTests|RebuildSuite|ReportTests
TESTS := --skip_IntegrationTests --filter_IntegrationTests.LawTests '--filter_IntegrationTests.($(PROJECTIONS))' \
    '--filter_IntegrationTests_--skip_LawTests|$(PROJECTIONS)'

# The tests start PostgreSQL clusters of their own and stop them again. None is written with XCTest, whose empty run
# would only add lines.
.PHONY: test
test: $(READY) ## Run the unit and integration tests
	@scripts/install-packages tests
	@failed=0; for part in $(TESTS); do \
	    echo "swift test $${part//_/ }"; \
	    swift test --disable-xctest --experimental-maximum-parallelization-width 5 $${part//_/ } || failed=1; \
	done; exit $$failed

# docs/mapping.md with the tables of functions and checks that the program prints, each between its two marks.
REFERENCE = for part in functions checks; do $(DEBUG) map $$part --markdown >.build/$$part.md; done; \
    sed -e '/^<!-- functions/r .build/functions.md' -e '/^<!-- functions/,/^<!-- end of functions/{//!d;}' \
        -e '/^<!-- checks/r .build/checks.md' -e '/^<!-- checks/,/^<!-- end of checks/{//!d;}' docs/mapping.md

.PHONY: check
check: $(READY) ## Check style, warnings, imports, database/init.sql and docs/mapping.md
	swift format lint --strict --recursive --parallel Sources Tests Benchmarks Package.swift
	swift build --build-tests --explicit-target-dependency-import-check error
	@echo 'Comparing database/init.sql with what the migrations, functions and projections make'
	@$(DEBUG) migrate script | diff -u database/init.sql - \
	    || { echo 'database/init.sql is out of date: run make database/init.sql' >&2; exit 1; }
	@echo 'Comparing docs/mapping.md with the functions and checks of the program'
	@{ $(REFERENCE); } | diff -u docs/mapping.md - \
	    || { echo 'docs/mapping.md is out of date: run make docs/mapping.md' >&2; exit 1; }

.PHONY: database/init.sql
database/init.sql: $(READY) ## Write database/init.sql from the migrations, functions and projections
	swift build --product atlas2
	$(DEBUG) migrate script >.build/init.sql
	cp .build/init.sql $@

.PHONY: docs/mapping.md
docs/mapping.md: $(READY) ## Write the tables of functions and checks into docs/mapping.md
	swift build --product atlas2
	{ $(REFERENCE); } >.build/mapping.md
	cp .build/mapping.md $@

.PHONY: bench
bench: export ATLAS2_ALLOW_WARNINGS := 1
bench: $(READY) ## Run the benchmarks (BENCH="arguments")
	swift run --package-path Benchmarks --configuration release bench $(BENCH)

.PHONY: install
install: $(INSTALLED) ## Install below PREFIX (/usr/local): bin/atlas2 and share/atlas2
	@test -x $(RELEASE) || { echo '$(RELEASE) is missing: run make build first' >&2; exit 1; }
	install -d "$(DESTDIR)$(PREFIX)/bin" "$(DESTDIR)$(PREFIX)/share/atlas2"
	install -m 755 $(RELEASE) "$(DESTDIR)$(PREFIX)/bin/atlas2"
	cp -R database projections "$(DESTDIR)$(PREFIX)/share/atlas2/"

.PHONY: clean
clean: ## Remove what was built (not the database in .atlas2)
	rm -rf .build Benchmarks/.build

# The whole life of this suite; every target works on a fresh clone.
PYTHON ?= python3
# Variables for the tools: make run PORT=8070, make bench ONLY=dispatch,import ...
export PORT ONLY OPERATORS DURATION FIELDS WORKERS ODOO_DEB ODOO_HOME DATABASE_URL

.PHONY: run test setup stop clean bench bench-database shift screenshots

run: ## set up, create the demo database once, serve until Ctrl-C
	@$(PYTHON) tools/run.py

test: ## set up, lint, all tests; last line: N passed, M failed
	@$(PYTHON) tools/test.py

setup: ## install everything that the other targets need
	@$(PYTHON) tools/setup.py

stop: ## stop the server and the PostgreSQL that this clone started
	@$(PYTHON) tools/stop.py

clean: ## delete all that the other targets made
	@$(PYTHON) tools/stop.py --clean

bench: setup ## measure (ONLY=dispatch,import picks groups)
	@$(PYTHON) -m tools.bench

bench-database: setup ## build the database of 3,000,000 names (SIZE=100000: a small one)
	@$(PYTHON) -m tools.bench --database

shift: setup ## simulate a shift (OPERATORS=20 DURATION=60 FIELDS=3: fields are added)
	@$(PYTHON) -m tools.shift

screenshots: setup ## take the pictures of docs/img again, of a copy of the demo
	@.local/venv/bin/python -m tools.pictures

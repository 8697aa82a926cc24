# Everything from a clean clone, with Python 3.11 or newer and make; checking the pages' scripts also needs Node.

PYTHON ?= python3
BIN := .venv/bin
TEMPLATE := infra/template.yaml
STAGE ?= production
REGION ?= ap-northeast-1
LINTERS := style types imports template scripts
SYNC := $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)
JSON_FLAG = $(if $(JSON),--json)
LIBRARY_FLAG = $(if $(LIBRARY),--library $(LIBRARY))

export PYTHONPATH := layers/common:.
# The template has loops (Fn::ForEach), which the SAM CLI carries out only when asked to.
export SAM_CLI_ENABLE_LANGUAGE_EXTENSIONS := 1

.DEFAULT_GOAL := help
.PHONY: help run week serve demo new-library quick rules test units stacks screenshots pictures bench lint $(LINTERS) validate security openapi requirements build deploy drill rollback pages accounts facilities catalogue move-in search restore job

help: ## What can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# Made again whenever what it is made from changes; the stamp is the last thing written, so half of one never counts.
# The lists are whole, so pip has nothing to resolve: that of Python 3.11 does not see that a pin is the answer to
# `boto3[crt]`, too. Whether something is missing is checked afterwards.
.venv/made: tests/requirements.txt
	@echo "Installing what is needed into .venv, which takes a minute or two" >&2
	@$(PYTHON) -m venv .venv >&2
	@$(BIN)/python -m pip install --quiet --no-deps --require-hashes --requirement tests/requirements.txt >&2
	@$(BIN)/python -m pip check >&2
	@touch $@

run: .venv/made ## Deploy locally, load samples, play a service week, then serve the site until Ctrl-C (LIBRARY=okayama)
	@$(BIN)/python -m infra.local run $(LIBRARY_FLAG) $(JSON_FLAG)

week: .venv/made ## The same, and end (LANG=ja: told in Japanese; JSON=1: one JSON object, last on standard output)
	@$(BIN)/python -m infra.local week $(LIBRARY_FLAG) $(JSON_FLAG)

serve: .venv/made ## Deploy locally, load samples and serve the site until Ctrl-C
	@$(BIN)/python -m infra.local serve $(LIBRARY_FLAG)

demo: .venv/made ## Play the weeks and write them as a demo without an account, for any web server, into .local/demo (LIBRARY=okayama)
	@$(BIN)/python -m infra.demo $(LIBRARY_FLAG)

new-library: .venv/made ## Make the folder of a library (NAME=ours; ANSWERS=answers.json in place of questions)
	@$(BIN)/python -m infra.new_library $(NAME) $(if $(ANSWERS),--answers $(ANSWERS))

quick: .venv/made ## Check what can be checked in half a minute: linters, tests of rules and template
	@$(MAKE) --no-print-directory --jobs --keep-going $(SYNC) rules $(LINTERS)

# In one process: what a second one has to import and collect again costs more than it saves beside the linters.
rules: .venv/made
	$(BIN)/python -m pytest tests/domain tests/template

# The stacks and pages mostly wait. What waits for nothing fills the time they leave, and lets them go first.
test: .venv/made ## Run every test
	@$(MAKE) --no-print-directory --jobs 2 stacks units

units: .venv/made
	nice $(BIN)/python -m pytest -n auto --dist worksteal tests/domain tests/handlers tests/template tests/benchmarks

# Two processes run a half each, file by file: each has a stack of its own.
stacks: .venv/made
	$(BIN)/python -m pytest -rs -n 2 --dist loadfile --no-loadscope-reorder tests/deployed tests/browser

screenshots: .venv/made ## Make a picture of every page, phone and desktop, light and dark, into .local/screenshots
	@$(BIN)/python -m tests.browser.screenshots

pictures: .venv/made ## Make the pictures of README and docs anew, from the pages of the played weeks, into docs/images
	@$(BIN)/python -m tests.browser.picturing

bench: .venv/made ## Print the performance table (JSON=1: as one JSON object)
	@$(BIN)/python -m tests.benchmarks $(JSON_FLAG)

lint: $(LINTERS) ## Check style, types, the direction of imports, the template and the pages' scripts

style: .venv/made
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: .venv/made
	$(BIN)/mypy

imports: .venv/made
	$(BIN)/lint-imports

template: .venv/made
	$(BIN)/cfn-lint $(TEMPLATE)

# What checks the pages' scripts; none of it is published.
web/node_modules/made: web/package-lock.json
	@command -v npm >/dev/null || { echo "The pages' scripts are checked with Node: install Node 18.18 or newer with npm." >&2; exit 1; }
	@cd web && npm ci --silent >&2
	@touch $@

scripts: web/node_modules/made
	cd web && node_modules/.bin/eslint .
	cd web && node_modules/.bin/tsc
	cd web && node_modules/.bin/prettier --check --log-level warn js demo/*.js *.js *.ts *.json

.venv-sam/made: infra/requirements.txt
	@$(PYTHON) -m venv .venv-sam >&2
	@.venv-sam/bin/python -m pip install --quiet --no-deps --require-hashes --requirement infra/requirements.txt >&2
	@.venv-sam/bin/python -m pip check >&2
	@touch $@

validate: .venv-sam/made ## Let the SAM CLI check the template
	AWS_DEFAULT_REGION=$(REGION) .venv-sam/bin/sam validate --lint --template $(TEMPLATE)

.venv-security/made: infra/security.txt
	@$(PYTHON) -m venv .venv-security >&2
	@.venv-security/bin/python -m pip install --quiet --no-deps --require-hashes --requirement infra/security.txt >&2
	@.venv-security/bin/python -m pip check >&2
	@touch $@

# The rules read plain CloudFormation; what does not apply, and why, is in infra/security.yaml.
security: .venv/made .venv-security/made ## Check the template against a set of rules for security
	@mkdir -p .aws-sam
	@$(BIN)/python -m infra.expanded > .aws-sam/expanded.json
	.venv-security/bin/checkov --config-file infra/security.yaml --file .aws-sam/expanded.json

accounts: .venv/made ## Make accounts on AWS: facilities, staff (STAFF=list.csv); RESET=name makes one anew
	@$(BIN)/python -m infra.accounts $(STAGE) $(if $(STAFF),--staff $(STAFF)) $(if $(RESET),--reset $(RESET))

facilities: .venv/made ## Load the library's facilities into a stage, at first and after every change
	@$(BIN)/python -m infra.facilities $(STAGE)

catalogue: .venv/made ## Bring a catalogue into a stage (FILE=catalogue.csv, .mrc or .xml; MAPPING=mapping.json)
	@$(BIN)/python -m infra.import_catalogue $(FILE) $(if $(MAPPING),--mapping $(MAPPING)) --stage $(STAGE)

move-in: .venv/made ## Take a library in by its files (FOLDER=…; DRY=1 writes nothing)
	@$(BIN)/python -m infra.move_in $(FOLDER) $(if $(DRY),--dry-run) --stage $(STAGE)

search: .venv/made ## Make the file that is searched anew, of the titles in a stage's table
	@$(BIN)/python -m infra.search_anew --stage $(STAGE)

restore: .venv/made ## Bring a stage's table back as it was, beside the one in use (AT=2026-06-04T08:00:00+09:00)
	@$(BIN)/python -m infra.restore $(STAGE) $(AT)

job: .venv/made ## Do a scheduled job by hand, for now or AT=2026-06-04T08:30 (NAME=thursday_run)
	@$(BIN)/python -m infra.job $(STAGE) $(NAME) $(if $(AT),--at $(AT))

openapi: .venv/made ## Describe the HTTP surface anew, from its routes
	@$(BIN)/python -m infra.openapi > docs/openapi.json

requirements: ## Pin again what is shipped and what the tests need (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-header layers/common/requirements.in --output-file layers/common/requirements.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-header tests/requirements.in --output-file tests/requirements.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-header infra/requirements.in --output-file infra/requirements.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-header infra/security.in --output-file infra/security.txt

# Packages cannot be written to on Lambda: without bytecode in them each start compiles everything anew. It is that of
# the functions' own Python, which building needs as well, and is taken unseen, for unpacking changes the files' times.
build: .venv-sam/made ## Package for AWS, with bytecode (needs Python 3.13 beside)
	.venv-sam/bin/sam build --template $(TEMPLATE)
	python3.13 -m compileall -q -j 0 --invalidation-mode unchecked-hash .aws-sam/build

# What is wrong is said before anything is built.
deploy: .venv/made ## Deploy a stage of infra/stages to AWS (STAGE=staging), and publish its pages
	@$(BIN)/python -m infra.deploy $(STAGE) --check
	@$(MAKE) --no-print-directory build
	@$(BIN)/python -m infra.deploy $(STAGE)

drill: .venv/made ## Play the restore of a damaged table on the local AWS
	@$(BIN)/python -m infra.local.drill

rollback: .venv/made ## Take the functions of a stage back to the release before
	@$(BIN)/python -m infra.rollback $(STAGE)

pages: .venv/made ## Publish only the pages of a stage
	@$(BIN)/python -m infra.deploy $(STAGE) --pages

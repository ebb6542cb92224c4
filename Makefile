# make [TARGET] [ARGS="more options"]; the work is done by tools/*.py.
RUN := sh tools/run

.PHONY: book test serve live claims bench lint lock clean help
book:    ## build the book strictly and publish it to site/ (sets up what is missing)
	@$(RUN) -m tools.book $(ARGS)
test:    ## lint, build the book, run every test, a real browser included
	@$(RUN) -m tools.test $(ARGS)
serve:   ## serve site/ on this machine
	@$(RUN) -m tools.serve $(ARGS)
live:    ## preview: rebuild and reload on save
	@$(RUN) -m tools.live $(ARGS)
claims:  ## measure the claims whose record is missing or stale
	@$(RUN) -m nnbook.claims $(ARGS)
bench:   ## measure how fast nnbook is beside PyTorch, scikit-learn and its matrix products
	@$(RUN) -m tools.bench $(ARGS)
lint:    ## check style, format and types
	@$(RUN) -m tools.lint $(ARGS)
lock:    ## write requirements.lock and package-lock.json anew
	@$(RUN) -m tools.lock $(ARGS)
clean:   ## remove what was built (ARGS=--all: what was installed too)
	@$(RUN) -m tools.clean $(ARGS)
help:    ## list these targets
	@sed -n 's/^\([a-z]*\): *## /\1	/p' Makefile

# Every target is a command of `python -m gensq_course`, which works without make as well (on Windows, for example).
PYTHON ?= python3
# Options of a command: make report ARGS="-p corpus=file:my_text.txt"
ARGS ?=
COMMANDS := lab voila chat progress doctor test report book pdf slides quick smoke bench claims student instructor classroom lock help

.DEFAULT_GOAL := help
.PHONY: $(COMMANDS)
$(COMMANDS):
	@$(PYTHON) -m gensq_course $@ $(ARGS)

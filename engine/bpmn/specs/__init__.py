"""The task specs: one family of BPMN elements per file."""

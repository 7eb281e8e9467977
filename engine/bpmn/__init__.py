"""BPMN: drawings in, executions out. The only home of SpiffWorkflow.

`parse` makes a Model of files; `start` and `restore` make an Execution of one instance, for one step.

Files to models: markup, document (the file as drawn), names, dialect (extension elements), parser, model, reach; lint, drawing, layout.
Running: token and workflow (SpiffWorkflow's task and workflow, ours), specs/ (one family of elements per file), scopes, execution, host, waits,
conditions, joins, timers, durations, cron. Keeping and repairing: snapshot, surgery, migration. What goes wrong: failures.
"""

from engine.bpmn.drawing import Drawing, Step, draw
from engine.bpmn.execution import Execution, restore, start
from engine.bpmn.failures import ModelRefused, StepFailed, SurgeryRefused, TokenGone, TooLarge, UncaughtError
from engine.bpmn.host import Host
from engine.bpmn.layout import lay_out
from engine.bpmn.lint import Known, lint
from engine.bpmn.migration import Problem, Verdict, migrate, verdict
from engine.bpmn.model import Element, Lane, MessageRef, Model, Process, TimerDefinition, Value
from engine.bpmn.parser import parse
from engine.bpmn.snapshot import forgotten, process_of
from engine.bpmn.surgery import cancel_element, move_token, set_variables, start_after, start_before
from engine.bpmn.timers import Due, first_due, next_due
from engine.bpmn.waits import Wait
from engine.errors import BpmnError

__all__ = [
    "BpmnError",
    "Drawing",
    "Due",
    "Element",
    "Execution",
    "Host",
    "Known",
    "Lane",
    "MessageRef",
    "Model",
    "ModelRefused",
    "Problem",
    "Process",
    "Step",
    "StepFailed",
    "SurgeryRefused",
    "TimerDefinition",
    "TokenGone",
    "TooLarge",
    "UncaughtError",
    "Value",
    "Verdict",
    "Wait",
    "cancel_element",
    "draw",
    "first_due",
    "forgotten",
    "lay_out",
    "lint",
    "migrate",
    "move_token",
    "next_due",
    "parse",
    "process_of",
    "restore",
    "set_variables",
    "start",
    "start_after",
    "start_before",
    "verdict",
]

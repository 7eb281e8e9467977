"""BPMN: drawings in, executions out. The only home of SpiffWorkflow.

`parse` makes a Model of files; `start` and `restore` make an Execution of one instance, for one step.
"""

from engine.bpmn.execution import Execution, restore, start
from engine.bpmn.failures import ModelRefused, StepFailed, SurgeryRefused, TokenGone, UncaughtError
from engine.bpmn.host import Host
from engine.bpmn.model import Element, Lane, MessageRef, Model, Process, TimerDefinition, Value
from engine.bpmn.parser import parse
from engine.bpmn.snapshot import process_of
from engine.bpmn.waits import Wait
from engine.errors import BpmnError

__all__ = [
    "BpmnError",
    "Element",
    "Execution",
    "Host",
    "Lane",
    "MessageRef",
    "Model",
    "ModelRefused",
    "Process",
    "StepFailed",
    "SurgeryRefused",
    "TimerDefinition",
    "TokenGone",
    "UncaughtError",
    "Value",
    "Wait",
    "parse",
    "process_of",
    "restore",
    "start",
]

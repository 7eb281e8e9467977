"""Scenarios: given, when, then, played with the real commands and worker on an in-memory database with a clock of its own (formats 4)."""

from engine.scenarios.coverage import Coverage
from engine.scenarios.loading import load
from engine.scenarios.partners import Partners
from engine.scenarios.play import Outcome, play
from engine.scenarios.problem import Problem
from engine.scenarios.report import AppReport, files_of, run
from engine.scenarios.spec import Scenario
from engine.scenarios.world import Stage

__all__ = ["AppReport", "Coverage", "Outcome", "Partners", "Problem", "Scenario", "Stage", "files_of", "load", "play", "run"]

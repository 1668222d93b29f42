"""Turns what people write into typed values and back; forms and serializers both call it. Names are those of the form's fields."""

from deployments.parsing.environment import written_lines
from deployments.parsing.grace import parse_grace
from deployments.parsing.problems import parse_count
from deployments.parsing.source import parse_follows
from deployments.parsing.spec import changed_spec, parse_spec, written_spec
from deployments.parsing.trial import parse_trial

__all__ = ["changed_spec", "parse_count", "parse_follows", "parse_grace", "parse_spec", "parse_trial", "written_lines", "written_spec"]

"""Tests of the pages as HTML."""

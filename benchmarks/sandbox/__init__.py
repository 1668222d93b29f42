"""Figures of the embedded API server alone: against a real one in the same run where there is a peer, else against a bound."""

"""The forms of deployments: plain texts, read by deployments.parsing and judged by deployments.checks, also while somebody types."""

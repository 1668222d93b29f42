"""The pages of accounts: tokens, password, teams, the audit log."""

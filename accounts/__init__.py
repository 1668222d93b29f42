"""Who is who: users, teams, memberships, platform roles, sign-in and API tokens."""

"""What runs before the portal's packages are installed: standard library only."""

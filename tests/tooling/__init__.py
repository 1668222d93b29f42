"""What developers and newcomers run before there is a portal: make, the bootstrap, the gates."""

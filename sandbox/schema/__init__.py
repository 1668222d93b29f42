"""What fields every served type has and how their lists merge; read from the tables beside this module."""

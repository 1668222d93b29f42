"""The level-triggered engine: a row is due, a worker claims it, makes its cluster equal to it, and says what became of it."""

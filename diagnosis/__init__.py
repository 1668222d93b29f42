"""Why pods do not run, in plain words: from what the watcher saw of them, their events, quotas and nodes, and from nothing else."""

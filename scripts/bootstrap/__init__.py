"""Makes a checkout ready: Python packages from the lock, front-end files, translations. Finished steps leave a stamp."""

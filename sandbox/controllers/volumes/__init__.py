"""PersistentVolumeClaims find or get their PersistentVolumes, and neither goes while it is in use."""

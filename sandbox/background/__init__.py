"""What a control plane does by itself after a write: namespaces in and out, quota status. Runs inside the API server's loop."""

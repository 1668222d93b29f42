"""The faults that can meet the objects of a deployment, on the embedded API server and on a real one."""

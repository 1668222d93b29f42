"""The image sandbox.slipway.dev/kserve-gateway:1: the ingress of all InferenceServices, split by share. Runs by itself."""

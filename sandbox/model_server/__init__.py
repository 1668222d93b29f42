"""The image sandbox.slipway.dev/model-server:1: serves an MLflow or scikit-learn model over HTTP.

Runs by itself; needs the models' libraries.
"""

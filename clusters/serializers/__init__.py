"""The shapes of clusters in the API. No serializer names the kubeconfig."""

"""What is reached on a simulated node, over HTTPS: the kubelet's endpoint and the metrics APIs."""

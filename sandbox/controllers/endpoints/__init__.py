"""Where the pods behind a Service are: EndpointSlices and the older Endpoints."""

"""InferenceServices in Knative mode: a revision for each change, and traffic between the last two that were rolled out."""

"""What is wrong with an InferenceService, in the terms of its modelStatus."""


class SpecProblem(Exception):
    """It cannot be served as it is written; `reason` as in lastFailureInfo."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason, self.message = reason, message


RUNTIME_NOT_RECOGNIZED, NO_SUPPORTING_RUNTIME = "RuntimeNotRecognized", "NoSupportingRuntime"
RUNTIME_DISABLED, INVALID_SPEC = "RuntimeDisabled", "InvalidPredictorSpec"

"""KServe: its storage initializer, its runtimes, and what model servers say last: from status and last words, not from logs."""

from diagnosis.messages.fact import Fact, Shape, first

_DENIED = (
    r"AccessDenied|InvalidAccessKeyId|SignatureDoesNotMatch|Unable to locate credentials|NoCredentialsError"
    r"|\(403\)|403 Client Error|\(401\)|401 Client Error|Forbidden for url"
)
_AWAY = (
    r"Could not connect to the endpoint URL|EndpointConnectionError|ConnectTimeout|Max retries exceeded|Name or service not known"
    r"|NewConnectionError|Failed to establish a new connection|ConnectionRefusedError"
)
_GONE = r"NoSuchBucket|NoSuchKey|\(404\)|404 Client Error|Local path does not exist|[Pp]ath .{0,200} does not exist"
_BROKEN = (
    r"(?P<why>(?:_pickle\.)?UnpicklingError[^\n]*|invalid load key[^\n]*|EOFError: Ran out of input|XGBoostError[^\n]*"
    r"|InvalidProtobuf[^\n]*|HeaderTooLarge[^\n]*)"
)
# What any program may say when it ends.
_OF_ANY = (
    Shape("gpu-memory", r"CUDA out of memory|CUDA error: out of memory|torch\.OutOfMemoryError|No available memory for the cache blocks"),
    Shape("gpu-driver", r"(?P<why>CUDA driver version is insufficient[^\n]*|no CUDA-capable device[^\n]*|Found no NVIDIA driver[^\n]*)"),
    Shape("port-taken", r"[Aa]ddress already in use"),
    Shape("disk-full", r"No space left on device"),
)
_OF_MODELS = (
    Shape("model-not-found", r"Failed to fetch model\. No model found in (?P<place>\S+?)\.?(?:\s|$)"),
    Shape("model-not-found", _GONE),
    Shape("model-not-found", r"No such file or directory: '?(?P<place>/mnt/models[^'\s]*)"),
    Shape("model-denied", _DENIED),
    Shape("model-store-away", _AWAY),
    Shape("model-address", r"Cannot recognize storage type for (?P<place>\S+)"),
    Shape("model-module-missing", r"(?:ModuleNotFoundError|ImportError): No module named '?(?P<module>[\w.]+)"),
    Shape("model-unreadable", _BROKEN),
)
_NO_RUNTIME = Shape("no-runtime", r"(?i)no (?:supporting )?runtime found to support")
_REASONS = (
    _NO_RUNTIME,
    Shape("no-runtime", r"", ("NoSupportingRuntime",)),
    Shape("runtime-disabled", r"", ("RuntimeDisabled",)),
    Shape("runtime-unknown", r"", ("RuntimeNotRecognized", "RuntimeUnhealthy")),
    Shape("model-spec-wrong", r"(?P<why>.*)$", ("InvalidPredictorSpec", "InvalidSpec")),
    Shape("model-load-failed", r"(?P<why>.*)$", ("ModelLoadFailed", "BlockedByFailedLoad")),
)


def read(reason: str, message: str) -> list[Fact]:
    """What keeps a model from being fetched or loaded, by what KServe gives as the reason."""
    if not any(reason in shape.reasons for shape in _REASONS):
        return first((_NO_RUNTIME,), reason, message)
    loading = (*_OF_ANY, *_OF_MODELS) if reason in ("ModelLoadFailed", "BlockedByFailedLoad") else ()
    return first((*loading, *_REASONS), reason, message)


def read_last_words(message: str, *, of_model: bool) -> list[Fact]:
    """What a container wrote last before it ended, where that says why; of programs that do not serve a model nothing is guessed."""
    return first((*_OF_ANY, *(_OF_MODELS if of_model else ())), "", message)

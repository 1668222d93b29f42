"""How a call to the registry fails."""


class RegistrySilent(Exception):
    """It cannot be reached, answers too slowly, or what it says is no answer: worth trying again, nothing is wrong with what was asked."""


class RegistryRefused(Exception):
    """It answered and said no. `status` is HTTP's, `code` MLflow's word such as RESOURCE_DOES_NOT_EXIST, the message its own text."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code

    @property
    def missing(self) -> bool:
        """Whether the thing that was asked for is not there."""
        return self.status == 404 or self.code in ("RESOURCE_DOES_NOT_EXIST", "NOT_FOUND")

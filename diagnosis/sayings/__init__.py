"""The words for every code, by family."""

from diagnosis.saying import Saying
from diagnosis.sayings import admission, exits, images, models, nodes, nodes_full, nodes_unfit, starts, volumes

FAMILIES = (nodes_full, nodes_unfit, admission, images, volumes, starts, exits, nodes, models)
SAYINGS: dict[str, Saying] = {code: saying for family in FAMILIES for code, saying in family.SAYINGS.items()}

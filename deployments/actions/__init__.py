"""Every mutation of a deployment, one function each."""

from deployments.actions.ask import Placed, deploy, revise_wish
from deployments.actions.follow import follow_alias, propose_moved_version
from deployments.actions.operate import (
    delete_deployment,
    end_graces,
    end_with_namespace,
    note_removed,
    pause_deployment,
    resume_deployment,
    retry_deployment,
)
from deployments.actions.place import place
from deployments.actions.promote import promote_to
from deployments.actions.roll import change_share, end_rollout, promote_candidate, roll_back, roll_back_candidate

__all__ = [
    "Placed",
    "change_share",
    "delete_deployment",
    "deploy",
    "end_graces",
    "end_rollout",
    "end_with_namespace",
    "follow_alias",
    "note_removed",
    "pause_deployment",
    "place",
    "promote_candidate",
    "promote_to",
    "propose_moved_version",
    "resume_deployment",
    "retry_deployment",
    "revise_wish",
    "roll_back",
    "roll_back_candidate",
]

"""The checks of each level, in the order in which findings are told."""

from typing import Any

from sandbox.admission.podsecurity import host, privileges, profiles
from sandbox.admission.podsecurity.pods import Check, Pod, Violation
from sandbox.admission.podsecurity.policies import Policy
from sandbox.admission.podsecurity.volumes import restricted_volumes

# Of the baseline, but replaced by a stricter check in the level restricted.
REPLACED: tuple[Check, ...] = (privileges.baseline_capabilities, host.paths, profiles.baseline_seccomp)
BASELINE: tuple[Check, ...] = (
    profiles.app_armor,
    privileges.baseline_capabilities,
    host.namespaces,
    host.paths,
    host.ports,
    host.probes,
    privileges.privileged,
    profiles.proc_mount,
    profiles.selinux,
    profiles.baseline_seccomp,
    profiles.sysctls,
    host.windows_processes,
)
RESTRICTED: tuple[Check, ...] = (
    *(check for check in BASELINE if check not in REPLACED),
    privileges.escalation,
    privileges.restricted_capabilities,
    restricted_volumes,
    privileges.non_root,
    privileges.user,
    profiles.restricted_seccomp,
)
CHECKS = {"privileged": (), "baseline": BASELINE, "restricted": RESTRICTED}


def violations(policy: Policy, metadata: dict[str, Any], spec: dict[str, Any]) -> list[Violation]:
    """What a pod or template breaks of a policy."""
    pod = Pod(metadata, spec, policy.minor)
    return [found for check in CHECKS[policy.level] if (found := check(pod))]

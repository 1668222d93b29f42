"""What stands against splitting requests between two variants, above all what one of KServe's canaries cannot take off the stable one."""

from collections.abc import Iterator

from deployments.manifests.facts import Facts


def obstacles(facts: Facts) -> tuple[str, ...]:
    """Why the candidate cannot run beside the stable variant on this cluster, as codes; empty when it can.

    splitting: the cluster cannot split at all. protocol: the same requests would not fit both. And where KServe lays a canary over the
    stable predictor, so that what the canary leaves empty is inherited, source: only one is a custom image. runtime: the stable one's would
    be inherited. runtime_class: only the stable one has some.
    """
    return tuple(_found(facts)) if facts.candidate else ()


def _found(facts: Facts) -> Iterator[str]:
    stable, candidate = facts.variants
    if not facts.serving.splitting:
        yield "splitting"
    if stable.spec.protocol != candidate.spec.protocol:
        yield "protocol"
    if facts.serving.splitting == "canary":
        yield from _inherited(facts)


def _inherited(facts: Facts) -> Iterator[str]:
    stable, candidate = facts.variants
    images = [each.spec.source.kind == "image" for each in facts.variants]
    if images[0] != images[1]:
        yield "source"
    elif not images[0] and stable.spec.runtime != candidate.spec.runtime:
        yield "runtime"
    classes = [each.gpu.runtime_class if each.gpu else "" for each in facts.variants]
    if classes[0] and not classes[1]:
        yield "runtime_class"

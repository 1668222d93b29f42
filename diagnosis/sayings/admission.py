"""When the API server refuses to make a pod: quota, limits, rights, accounts, classes, webhooks, kinds."""

from django.utils.translation import gettext_lazy as _

from diagnosis.saying import Saying

TELL_ADMIN = _("Tell a platform administrator: this lies with the cluster, not with you.")
MORE_QUOTA = _("Let a platform administrator raise the quota.")

SAYINGS = {
    "quota-full": Saying(
        _("The namespace has used up its quota"),
        _("What it asks for goes beyond the quota “%(quota)s” of the namespace, so the cluster does not make it."),
        (
            _("Delete or shrink what is not needed any more; it is then made by itself."),
            _("Ask for a smaller size or fewer replicas."),
            MORE_QUOTA,
        ),
    ),
    "quota-unnamed": Saying(
        _("It does not say how much it needs"),
        _("The quota “%(quota)s” counts what every pod asks for, and this one leaves out: %(names)s."),
        (_("Name these amounts for each of its containers."),),
    ),
    "quota-unknown": Saying(
        _("The cluster has not counted the quota yet"),
        _("The quota “%(quota)s” is new or was changed, and the cluster still counts what is in use."),
        (_("Wait some seconds; it is tried again by itself."),),
        "wait",
    ),
    "quota-scope": Saying(
        _("No quota allows pods of its priority"),
        _("Pods of this kind need a quota of their own, and the namespace has none: %(scopes)s."),
        (_("Leave the priority class out, or let a platform administrator give a quota for it."),),
    ),
    "limit-maximum": Saying(
        _("It asks for more than one container or pod may have"),
        _("The namespace's LimitRange allows at most %(bound)s of %(resource)s for one %(kind)s; its %(what)s is %(asked)s."),
        (_("Ask for at most %(bound)s."), _("Let a platform administrator raise the limit.")),
    ),
    "limit-unnamed": Saying(
        _("It sets no limit where one is demanded"),
        _("The namespace's LimitRange bounds %(resource)s for one %(kind)s at %(bound)s, and its %(what)s is not set."),
        (_("Set it to at most %(bound)s."),),
    ),
    "limit-minimum": Saying(
        _("It asks for less than one container or pod must have"),
        _("The namespace's LimitRange demands at least %(bound)s of %(resource)s for one %(kind)s; its %(what)s is %(asked)s."),
        (_("Ask for at least %(bound)s."),),
    ),
    "limit-ratio": Saying(
        _("Its limit is too far above its request"),
        _("The namespace's LimitRange allows a limit of %(bound)s times the request of %(resource)s; here it is %(asked)s times."),
        (_("Raise the request, or lower the limit."),),
    ),
    "request-above-limit": Saying(
        _("It reserves more than its own limit"),
        _("It asks for %(asked)s of %(resource)s, more than its limit of %(bound)s."),
        (_("Set a limit that is at least as large as the request."),),
    ),
    "pod-security": Saying(
        _("The namespace does not allow pods with such rights"),
        _("The namespace's Pod Security level “%(level)s” refuses the pod."),
        (_("Set what is named in the pod's securityContext."), _("Models that are deployed here get these settings by themselves.")),
    ),
    "service-account-missing": Saying(
        _("The account under which it should run does not exist"),
        _("There is no service account “%(account)s” in the namespace."),
        (_("Make the service account, or leave it out."),),
    ),
    "namespace-ending": Saying(
        _("The namespace is being deleted"),
        _("Nothing new can be made in it."),
        (_("Use another namespace."),),
    ),
    "priority-class-missing": Saying(
        _("Its priority class does not exist"),
        _("The cluster has no priority class “%(name)s”."),
        (_("Leave the priority class out, or name one that the cluster has."),),
    ),
    "runtime-class-missing": Saying(
        _("Its runtime class does not exist"),
        _("The cluster has no runtime class “%(name)s”."),
        (_("Leave the runtime class out, or name one that the cluster has."),),
    ),
    "not-allowed": Saying(
        _("Whoever should make it may not"),
        _("“%(user)s” has no right to %(verb)s %(resource)s here."),
        (TELL_ADMIN,),
    ),
    "policy-denied": Saying(
        _("A policy of the cluster refuses it"),
        _("The policy “%(name)s” says: %(why)s"),
        (_("Change what the policy names, or ask a platform administrator about it."),),
    ),
    "invalid-object": Saying(
        _("What it asks for is not valid"),
        _("The cluster says: %(why)s"),
        (_("Correct the field that is named."),),
    ),
    "webhook-denied": Saying(
        _("A program that guards the cluster refuses it"),
        _("“%(webhook)s” says: %(why)s"),
        (_("Change what it names, or ask a platform administrator about this rule."),),
    ),
    "webhook-down": Saying(
        _("A program that guards the cluster does not answer"),
        _("Before a pod is made, the cluster asks “%(webhook)s”, and got no answer: %(why)s"),
        (TELL_ADMIN, _("It is tried again by itself.")),
    ),
    "webhook-certificate": Saying(
        _("A program that guards the cluster is not trusted"),
        _("Before a pod is made, the cluster asks “%(webhook)s”, whose certificate it does not accept: %(why)s"),
        (TELL_ADMIN, _("It is tried again by itself.")),
    ),
    "kind-missing": Saying(
        _("The cluster lacks a part that it needs"),
        _("The cluster does not know the kind “%(kind)s”: the program that brings it is not installed there."),
        (_("A platform administrator can install it. What waits for it goes on by itself then."),),
    ),
    "kind-unserved": Saying(
        _("The cluster lacks a part that it needs"),
        _("The cluster does not know a kind of object that is needed here: the program that brings it is not installed or not running."),
        (_("A platform administrator can install it. What waits for it goes on by itself then."),),
    ),
}

"""Where a version is deployed from: the address of the app above, where there is one."""

from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse


def deploy_url(model: str, number: int) -> str:
    """The form that deploys this version; empty where the portal has none."""
    try:
        return f"{reverse('deployment_new')}?{urlencode({'model': model, 'version': number})}"
    except NoReverseMatch:
        return ""

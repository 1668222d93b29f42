"""The ASGI entry point that uvicorn serves."""

import os

import django

from portal.threads import KeptThreads, OneCallHandler

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup(set_prefix=False)
application = KeptThreads(OneCallHandler())

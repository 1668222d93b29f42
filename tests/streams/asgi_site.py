"""A site of one streaming view, served by uvicorn in a process of its own: SITE_DB and SITE_REDIS say where its parts are."""

import os

import django
from django.conf import settings

settings.configure(
    SECRET_KEY="site",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF="tests.streams.asgi_urls",
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions"],
    MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware", "django.contrib.auth.middleware.AuthenticationMiddleware"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ["SITE_DB"], "CONN_MAX_AGE": 600}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    REDIS_URL=os.environ["SITE_REDIS"],
    USE_TZ=True,
)
django.setup()

from portal.threads import KeptThreads, OneCallHandler  # noqa: E402
from streams import sse  # noqa: E402

sse.RIGHTS_SECONDS = sse.KEEPALIVE_SECONDS = 0.3
application = KeptThreads(OneCallHandler())

"""The shipped settings, with a data folder of each test process's own, quick passwords and no limit that a suite would meet."""

import atexit
import os
import shutil
import tempfile

_home = tempfile.mkdtemp(prefix="slipway-tests-")
atexit.register(shutil.rmtree, _home, ignore_errors=True)
os.environ["PORTAL_HOME"] = _home
os.mkdir(os.path.join(_home, "static"))

from portal.settings import *  # noqa: E402, F403
from portal.settings import DATABASES, REST_FRAMEWORK  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Nothing answers there: what a test needs of a registry, it starts.
MLFLOW_TRACKING_URI = "http://127.0.0.1:9"
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"] = {"caller": "1000000/min"}

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, since threads that share a database in memory lock each other out.
    DATABASES["default"]["TEST"] = {"NAME": os.path.join(_home, "test.sqlite3")}
else:
    # A pool keeps connections open, and a test database with open connections cannot be dropped.
    DATABASES["default"]["OPTIONS"].pop("pool", None)

"""Settings from the environment; see docs/settings.md for every variable. A wrong value stops the start with one line."""

import logging
from typing import Any

import dj_database_url
from django.utils.translation import gettext_lazy as _

from portal.env import BASE_DIR, env, home, http_address, kept_secret

DATA_DIR = home()
DEBUG = env.bool("SLIPWAY_DEBUG", False)
SECRET_KEY = kept_secret("SLIPWAY_SECRET_KEY")
CREDENTIALS_KEYS = kept_secret("SLIPWAY_CREDENTIALS_KEY", "fernet").split(",")
ALLOWED_HOSTS = env.list("SLIPWAY_ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("SLIPWAY_CSRF_TRUSTED_ORIGINS", [])

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "django_htmx",
    "template_partials",
    "allauth",
    "allauth.account",
    "rules",
    "audit",
    "rest",
    "accounts",
    "reconcile",
    "clusters",
    "registry",
    "approvals",
    "diagnosis",
    "metrics",
    "tenants",
    "logs",
    "deployments",
    "portal",
]

MIDDLEWARE = [
    "portal.monitoring.traffic.TrafficMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "audit.middleware.RequestIdMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # A page that forgets to ask who is there asks nevertheless.
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "portal.middleware.SecurityHeadersMiddleware",
    "portal.conflicts.ConflictMiddleware",
]

ROOT_URLCONF = "portal.urls"
ASGI_APPLICATION = "portal.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context.shell",
            ],
        },
    }
]

SQLITE_URL = f"sqlite:///{DATA_DIR / 'slipway.sqlite3'}"
DATABASES: dict[str, Any] = {"default": dj_database_url.parse(env.str("DATABASE_URL", "") or SQLITE_URL)}
DATABASES["default"]["CONN_MAX_AGE"] = 0
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # With SQLite's defaults, concurrent writers fail with "database is locked"; with these they wait.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;",
    }
    # To open the file and to read its tables' names anew takes longer than most questions to it.
    DATABASES["default"]["CONN_MAX_AGE"] = 600
else:
    DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {"min_size": 1, "max_size": 12, "timeout": 10}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Throttles must count across processes and must not fail with Redis, so their cache is the database.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "slipway_cache"},
    "local": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}

REDIS_URL = env.str("REDIS_URL", "") or f"unix://{DATA_DIR / 'run' / 'redis.sock'}"
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1) if REDIS_URL.startswith("unix://") else REDIS_URL
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_WORKER_CONSUMER = "portal.consumer:PatientConsumer"
CELERY_TASK_DEFAULT_QUEUE = "slipway"
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # The sweep wakes what a lost message would have woken, so redelivery need not be fast, only sure.
    "visibility_timeout": 60,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_timeout": 5,
    "socket_connect_timeout": 0.5,
    # One try to publish: a wake-up is a hint, and whoever approves must not wait for Redis. Workers have their own patience.
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
}

# The engine. All seconds.
SLIPWAY = {
    "LEASE_SECONDS": env.float("SLIPWAY_LEASE_SECONDS", 10.0),
    "SWEEP_SECONDS": env.float("SLIPWAY_SWEEP_SECONDS", 1.0),
    "BACKOFF_BASE_SECONDS": env.float("SLIPWAY_BACKOFF_BASE_SECONDS", 1.0),
    "BACKOFF_CAP_SECONDS": env.float("SLIPWAY_BACKOFF_CAP_SECONDS", 300.0),
    "RESYNC_SECONDS": env.float("SLIPWAY_RESYNC_SECONDS", 300.0),
    "WATCH_TIMEOUT_SECONDS": env.float("SLIPWAY_WATCH_TIMEOUT_SECONDS", 240.0),
    "WATCH_IDLE_SECONDS": env.float("SLIPWAY_WATCH_IDLE_SECONDS", 40.0),
    "REQUEST_TIMEOUT_SECONDS": env.float("SLIPWAY_REQUEST_TIMEOUT_SECONDS", 5.0),
    "WORKER_SLOTS": env.int("SLIPWAY_WORKER_SLOTS", 4),
    "HEARTBEAT_SECONDS": env.float("SLIPWAY_HEARTBEAT_SECONDS", 2.0),
    "PREDICTIONS_PER_MINUTE": env.float("SLIPWAY_PREDICTIONS_PER_MINUTE", 1200.0),
    "REGISTRY_SECONDS": env.float("SLIPWAY_REGISTRY_SECONDS", 3.0),
    "ROLLOUT_SECONDS": env.float("SLIPWAY_ROLLOUT_SECONDS", 5.0),
}

# Where the model registry answers; empty: there is none. `make run` starts one of its own and names it here.
MLFLOW_TRACKING_URI = env.str("MLFLOW_TRACKING_URI", "", validate=http_address).rstrip("/")
ARTIFACT_MEGABYTES = env.int("SLIPWAY_ARTIFACT_MEGABYTES", 2_000)

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
KNOX_TOKEN_MODEL = "accounts.ApiToken"  # noqa: S105 - the name of a model
# Its own table would never be used: the portal's token model stands in its place.
MIGRATION_MODULES = {"knox": None}
REST_KNOX = {"TOKEN_PREFIX": "slw_", "AUTH_HEADER_PREFIX": "Bearer", "AUTH_TOKEN_CHARACTER_LENGTH": 64}
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env.bool("SLIPWAY_SECURE_COOKIES", False)
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.ScopedTokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.authentication.IsAuthenticatedWithScope", "rest.query.KnownQuery"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest.parsers.BoundedJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "rest.schema.FrameSchema",
    "DEFAULT_THROTTLE_CLASSES": ["rest.throttles.PerCaller"],
    "DEFAULT_THROTTLE_RATES": {"caller": env.str("SLIPWAY_API_RATE", "600/min")},
    "DEFAULT_PAGINATION_CLASS": "rest.pagination.PageNumbers",
    "DEFAULT_FILTER_BACKENDS": [
        "django_filters.rest_framework.DjangoFilterBackend",
        "rest_framework.filters.OrderingFilter",
    ],
    "PAGE_SIZE": 50,
    "EXCEPTION_HANDLER": "rest.problems.problem_response",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Slipway",
    "DESCRIPTION": "Namespaces, GPU quota and model deployments on Kubernetes: asked for, decided, applied.",
    "VERSION": "v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["accounts.authentication.IsAuthenticatedWithScope"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v[0-9]",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "rest.schema.problems_everywhere"],
    "ENUM_NAME_OVERRIDES": {
        "RequestState": "approvals.states.State",
        "RequestOutcome": "approvals.states.RequestOutcome",
        "PodState": ["trouble", "waiting", "running", "ended"],
        "TeamRole": "accounts.models.team.Membership.Role",
        "PlatformRoleName": "accounts.models.user.PlatformRole.Role",
        "TokenScope": "accounts.models.token.Scope",
    },
}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "portal.assets.PackageFinder",
]
# Pages have their styles even where collectstatic has not run.
WHITENOISE_USE_FINDERS = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "portal.static_storage.HashedStaticFiles"},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "audit.logs.LineFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.log_level("SLIPWAY_LOG_LEVEL", logging.INFO)},
}

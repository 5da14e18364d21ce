"""All settings, read from top to bottom. Differences between installations come from the environment (.env.example)."""

import secrets
from datetime import timedelta
from pathlib import Path

from celery.schedules import crontab
from csp.constants import NONE, SELF
from environs import Env

BASE_DIR = Path(__file__).resolve().parent.parent
env = Env()
env.read_env(str(BASE_DIR / ".env"), recurse=False)

# Where and how this portal runs ---------------------------------------------------------------------------------------

DATA_DIR = Path(env.str("TSC_DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
DATABASE_URL = env.str("DATABASE_URL", default="")
REDIS_URL = env.str("REDIS_URL", default="")
EMBEDDED = not DATABASE_URL


def _mode() -> str:
    """`make run` says "demo" and leaves a mark in the data directory,
    so that later commands speak of the same portal.
    """
    mark = DATA_DIR / "mode"
    return env.str("TSC_MODE", default=mark.read_text().strip() if mark.exists() else "production")


def _secret_key() -> str:
    """The key from the environment or a file; only the embedded database may make its own, beside its data."""
    key = env.str("SECRET_KEY", default="")
    if path := env.str("SECRET_KEY_FILE", default=""):
        key = Path(path).read_text().strip()
    if key or (PRODUCTION and not EMBEDDED):
        return key or env.str("SECRET_KEY")
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    kept = DATA_DIR / "secret_key"
    if not kept.exists():
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_urlsafe(64))
    return kept.read_text().strip()


TSC_MODE = _mode()
if TSC_MODE not in {"production", "demo", "test"}:
    raise SystemExit(f'TSC_MODE is "{TSC_MODE}". Set it to production, demo or test.')
DEMO = TSC_MODE == "demo"
PRODUCTION = TSC_MODE == "production"
SECRET_KEY = _secret_key()
DEBUG = False
LOOPBACK = ["127.0.0.1", "localhost", "[::1]"]
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=LOOPBACK)
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SITE_ADDRESS = env.str("SITE_ADDRESS", default="http://127.0.0.1:8000")
SECURITY_CONTACT = env.str("SECURITY_CONTACT", default="")
# Without an identifier nothing is published; the demo shows what would be.
IATI_REPORTING_ORG = env.str("IATI_REPORTING_ORG", default="XX-EXAMPLE-TSC" if DEMO else "")
IATI_REPORTING_NAME = env.str("IATI_REPORTING_NAME", default="Technical and scientific cooperation network")
IATI_REPORTING_TYPE = env.str("IATI_REPORTING_TYPE", default="40")
PROCESS = env.str("TSC_PROCESS", default="command")  # web, worker or command: gunicorn.conf.py and the worker set it

# Apps, in the order of the import direction (docs/architecture.md) ----------------------------------------------------

INSTALLED_APPS = [
    "tsc_portal",
    "workplans",
    "requests_offers",
    "knowledge",
    "centres",
    "accounts",
    "tsc_portal.administration.AdministrationConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "csp",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "django_filters",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "tsc_portal.middleware.RequestIdMiddleware",
    "tsc_portal.middleware.CompressionMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "tsc_portal.middleware.BrowserMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "tsc_portal.middleware.DomainErrorMiddleware",
]

ROOT_URLCONF = "tsc_portal.urls"
WSGI_APPLICATION = "tsc_portal.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tsc_portal.context.portal",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "tsc_portal.templatetags.ui",
            ],
        },
    }
]

# Database: SQLite beside the data unless DATABASE_URL names another ---------------------------------------------------

# Every commit reaches the disk before it is answered; the tests throw their database away and need not wait for it.
SYNCHRONOUS = "PRAGMA synchronous=OFF;" if TSC_MODE == "test" else "PRAGMA synchronous=FULL;"
if EMBEDDED:
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATA_DIR / "portal.sqlite3",
            # Writers queue instead of failing: a transaction takes the write lock when it begins.
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA foreign_keys=ON;" + SYNCHRONOUS,
            },
            # A file, as in the portal itself: an in-memory database has one connection and no races.
            "TEST": {"NAME": DATA_DIR / "test.sqlite3"},
        }
    }
else:
    DATABASES = {"default": env.dj_db_url("DATABASE_URL")}
    DATABASES["default"].setdefault("OPTIONS", {})
    if PROCESS == "web" and DATABASES["default"]["ENGINE"].endswith("postgresql"):
        DATABASES["default"]["OPTIONS"] |= {
            "pool": {"min_size": 1, "max_size": env.int("DATABASE_POOL_SIZE", default=8)},
            "options": "-c statement_timeout=3000",
        }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Counts of sign-in attempts and API calls, shared by the web processes ------------------------------------------------

if REDIS_URL:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
elif TSC_MODE == "test":
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
else:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": DATA_DIR / "cache",
            "OPTIONS": {"MAX_ENTRIES": 10_000},
        }
    }

# The worker: Redis where REDIS_URL names one, else folders beside the data --------------------------------------------

_broker = DATA_DIR / "broker"
CELERY_BROKER_URL = REDIS_URL or "filesystem://localhost"
if REDIS_URL:
    CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600, "unacked_restore_throttle": 1, "max_retries": 1}
else:
    for _name in ("messages", "control"):
        (_broker / _name).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_broker / "messages"),
        "data_folder_out": str(_broker / "messages"),
        "control_folder": str(_broker / "control"),
        "polling_interval": 0.1,
    }
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_DEFAULT_QUEUE = "quick"
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_max": 0.1}
CELERY_TASK_TIME_LIMIT = 600
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
JOB_LEASE_SCALE = 1.0  # a lease must outlive the hard time limit of its task; only trials of killed workers shorten it
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "accounts.sweep", "schedule": 20.0},
    # The same on the other queue: its worker shows that it is alive (tsc_portal/pulse.py).
    "sweep-bulk": {"task": "accounts.sweep", "schedule": 60.0, "options": {"queue": "bulk"}},
    "clocks": {"task": "requests_offers.tick", "schedule": crontab(minute="*/15"), "options": {"queue": "bulk"}},
    "consultations": {"task": "workplans.tick", "schedule": crontab(minute="5-59/15"), "options": {"queue": "bulk"}},
    "knowledge": {"task": "knowledge.tick", "schedule": crontab(minute=35), "options": {"queue": "bulk"}},
    "registry": {
        "task": "knowledge.tick_registry",
        "schedule": crontab(minute="10-59/15"),
        "options": {"queue": "bulk"},
    },
    "forget": {"task": "accounts.forget", "schedule": crontab(hour=3, minute=20), "options": {"queue": "bulk"}},
    "audit-seal": {"task": "accounts.seal_audit", "schedule": crontab(minute=25), "options": {"queue": "bulk"}},
    "searches": {
        "task": "accounts.alert_searches",
        "schedule": crontab(minute="*/5"),
        "options": {"queue": "bulk"},
    },
    # What changed without an act, such as a day that came or a reference file, reaches those who follow the changes.
    "changes-nightly": {
        "task": "accounts.look_at_everything",
        "schedule": crontab(hour=4, minute=10),
        "options": {"queue": "bulk"},
    },
    "digests": {"task": "accounts.send_digests", "schedule": crontab(minute=5), "options": {"queue": "bulk"}},
    "orphaned-files": {
        "task": "requests_offers.delete_orphans",
        "schedule": crontab(hour=3, minute=40),
        "options": {"queue": "bulk"},
    },
    "nightly-rescore": {
        "task": "requests_offers.rescore_all",
        "schedule": crontab(hour=2, minute=10),
        "options": {"queue": "bulk"},
    },
}

# Whether the worker looks at the addresses of knowledge sources (knowledge/links.py). It reaches into the internet,
# which an installation on one machine does not do by itself.
LINK_CHECKER = env.bool("LINK_CHECKER", default=not EMBEDDED)

# Accounts -------------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
DEMO_PASSWORD = "tsc-demo-2026"  # noqa: S105 (known on purpose; production refuses it, tsc_portal/checks.py)
# A token of partner@demo.tsc, shown on the page for partner systems of a demo; made by `demo` alone.
DEMO_TOKEN = "tsc_sandbox2026_example_of_the_demo_world_0000"  # noqa: S105 (known on purpose)
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {"signup": "accounts.forms.SignupForm"}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "mail_link": "60/h/ip,10/h/key",
    "project_submit": "20/h/ip,5/h/key",
}
# Addresses of visitors come from the proxy that stands before a production portal; there is one (deploy/nginx.conf).
PROXIES = env.int("TRUSTED_PROXIES", default=1 if PRODUCTION and not EMBEDDED else 0)
ALLAUTH_TRUSTED_PROXY_COUNT = PROXIES
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "http" if not PRODUCTION else "https"
# Sign-in through the provider of an organization or a government, where one is configured. An account that exists is
# joined to it by its owner, signed in, and never by the address that a provider names.
OIDC_SERVER_URL = env.str("OIDC_SERVER_URL", default="")
SOCIALACCOUNT_ADAPTER = "accounts.adapter.ProviderAdapter"
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "oidc",
                "name": env.str("OIDC_NAME", default="OpenID Connect"),
                "client_id": env.str("OIDC_CLIENT_ID", default=""),
                "secret": env.str("OIDC_CLIENT_SECRET", default=""),
                "settings": {"server_url": OIDC_SERVER_URL},
            }
        ]
        if OIDC_SERVER_URL
        else [],
    }
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
USERSESSIONS_TRACK_ACTIVITY = False

# Mail -----------------------------------------------------------------------------------------------------------------

DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="TSC Portal <portal@localhost>")
if PRODUCTION and env.str("EMAIL_URL", default=""):
    globals().update(env.dj_email_url("EMAIL_URL"))
else:
    # Nothing leaves this machine: /mailbox/ shows the messages in demo mode.
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = str(DATA_DIR / "mail")

# Languages: English at the root, the others under their prefix --------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", "English"),
    ("fr", "Français"),
    ("es", "Español"),
    ("ar", "العربية"),
    ("zh-hans", "中文"),
    ("ru", "Русский"),
]
# Languages whose catalogue a speaker who knows the field has read; the others say "not yet" at the foot of each page.
REVIEWED_LANGUAGES: set[str] = set()
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Files ----------------------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if TSC_MODE == "test"
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}
MEDIA_ROOT = DATA_DIR / "media"
FILE_UPLOAD_HANDLERS = [
    "tsc_portal.uploads.BoundedUpload",  # refuses bodies that are too large before reading them
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# API ------------------------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.TokenAuthentication",
        "accounts.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["tsc_portal.api.permissions.Closed"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["tsc_portal.api.parsing.BoundedJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "tsc_portal.api.paging.PageNumbers",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "tsc_portal.api.errors.problem",
    "NUM_PROXIES": PROXIES,
    "DEFAULT_THROTTLE_CLASSES": ["tsc_portal.api.throttles.PerToken", "tsc_portal.api.throttles.PerAddress"],
    "DEFAULT_THROTTLE_RATES": {
        "token": env.str("API_RATE_TOKEN", default="600/min"),
        "address": env.str("API_RATE_ADDRESS", default="240/min"),
    },
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "COERCE_DECIMAL_TO_STRING": True,
}
# Knox would make its own table of tokens beside ours, and PostgreSQL could then not be flushed between tests.
MIGRATION_MODULES = {"knox": None}
KNOX_TOKEN_MODEL = "accounts.ApiToken"  # noqa: S105 (a model's name)
REST_KNOX = {"TOKEN_TTL": timedelta(days=365), "TOKEN_PREFIX": "tsc_", "AUTH_HEADER_PREFIX": "Token"}
# Webhooks go to public addresses over https only. Trials with a receiver on this machine switch this on; it is read in
# the test mode alone (accounts/actions/webhooks.py).
WEBHOOK_LOOPBACK = False
SPECTACULAR_SETTINGS = {
    "TITLE": "TSC Portal API",
    "DESCRIPTION": "Requests, offers and explained matches of technical and scientific cooperation on biodiversity.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    # Choices stand at their field: as parts of their own they would get invented names, since many are called "status".
    "POSTPROCESSING_HOOKS": [],
}

# Security -------------------------------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
if PRODUCTION:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=not EMBEDDED)
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# The address is unique through a constraint on its lower case, which this check does not see.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]

# Logs -----------------------------------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "tsc_portal.logs.formatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="WARNING" if not PRODUCTION else "INFO")},
    "loggers": {"django.request": {"level": "ERROR"}},
}

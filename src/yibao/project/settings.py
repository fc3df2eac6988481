"""Django settings; what differs between installations comes from the environment.

YIBAO_HOME: everything this installation writes (database, keys, documents; `cache` may be deleted at any time).
YIBAO_DATABASE_URL: sqlite:///file or postgres://user:password@host:port/name.
YIBAO_DATABASE_POOL: most PostgreSQL connections of one process (0 = no pool).
YIBAO_PACKS: the folder with the regions' packs; a running server takes up what changes there, once it is good.
YIBAO_BULK_INSPECTED: how many rows of a bulk approval must be inspected before the rest may go (at least 1).
YIBAO_PUBLIC_URL: the address people type; https turns on secure cookies and HSTS.
YIBAO_SMTP_URL: smtp://user:password@host:port (smtps or smtp+tls to encrypt); without it e-mail goes into a folder.
YIBAO_MAIL_FROM: the sender of e-mail.
YIBAO_SMS: the class that sends text messages; without it they go into a folder, for a demonstration.
YIBAO_SMS_URL: the gateway of the class `yibao.store.messages.channels.HttpChannel`.
YIBAO_PROMISE_YEARS: years a promise letter is kept, 2 or more (苏医保发〔2022〕75号 annex 1); 2 when left out.
YIBAO_CALL_BACK_DAYS: working days for the call-back after a bad rating; 5 when left out (as 德州 does; our choice).
YIBAO_API_TOKEN_MINUTE: requests a minute that one token of the interface for programs may make; 300 by default.
YIBAO_API_ADDRESS_MINUTE: the same for one address, whatever tokens come from it; 1200 by default.
YIBAO_EXCHANGE_MINUTE: batches of messages a minute that other areas may send from one address; 1200 by default.
YIBAO_PROXIES: how many proxies stand in front, whose X-Forwarded-For is believed; 0 by default.
YIBAO_SECOND_FACTOR: off lets staff in with their password alone, for demonstrations; required by default.
YIBAO_KEEP_WORK_DAYS: days a record of finished background work is kept, 183 or more (网络安全法 art. 21).
YIBAO_KEEP_KEY_DAYS: days a repeated request (submit, print, a program that begins) is known as such; 30, at least 7.
YIBAO_KEEP_DRAFT_DAYS: days after which papers of a draft nobody went on with are deleted; 183 by default (our choice).
YIBAO_OIDC_PROVIDERS: the identity providers citizens sign in with; each has settings of its own (how-to/sign-in.md).
YIBAO_DEMO_LEVEL: the level a password gives where there is no provider.
YIBAO_STEP_UP_MINUTES: how long a level above L2 lasts before it must be proved anew.
YIBAO_DEBUG: 1 shows Django's error pages; never on a machine with real people.
"""

import importlib.util
import os
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from yibao.casework.limits import EXCHANGE, PROGRAM_ADDRESS, PROGRAM_TOKEN
from yibao.kernel.home import home
from yibao.project import mail, slices
from yibao.project.databases import database
from yibao.project.secret import secret
from yibao.web.identity.providers import from_environment

PACKAGE = Path(__file__).resolve().parent.parent
CHECKOUT = PACKAGE.parent.parent

YIBAO_HOME = home(os.environ)
YIBAO_KEYS_DIR = YIBAO_HOME / "keys"
YIBAO_DOCUMENTS_DIR = YIBAO_HOME / "documents"
YIBAO_PUBLIC_URL = os.environ.get("YIBAO_PUBLIC_URL", "http://localhost:8000")
YIBAO_KEEP_WORK_DAYS = max(183, int(os.environ.get("YIBAO_KEEP_WORK_DAYS") or 183))
# No browser and no program repeats a request after weeks; long enough for an outage over holidays.
YIBAO_KEEP_KEY_DAYS = max(7, int(os.environ.get("YIBAO_KEEP_KEY_DAYS") or 30))
YIBAO_KEEP_DRAFT_DAYS = max(30, int(os.environ.get("YIBAO_KEEP_DRAFT_DAYS") or 183))
YIBAO_UPLOAD_BYTES_MAX = 10 * 1024 * 1024
YIBAO_PROMISE_YEARS = max(2, int(os.environ.get("YIBAO_PROMISE_YEARS", "2")))
YIBAO_CALL_BACK_DAYS = int(os.environ.get("YIBAO_CALL_BACK_DAYS", "5"))
YIBAO_BULK_INSPECTED = max(1, int(os.environ.get("YIBAO_BULK_INSPECTED") or 10))
# A photo may be larger than what is kept of it: it is made smaller before it is stored.
YIBAO_PHOTO_BYTES_MAX = 25 * 1024 * 1024
YIBAO_PROVIDERS = from_environment(os.environ)
YIBAO_DEMO_LEVEL = os.environ.get("YIBAO_DEMO_LEVEL", "L3")
# A level above L2 is good for this long, then it must be proved anew.
YIBAO_STEP_UP_MINUTES = int(os.environ.get("YIBAO_STEP_UP_MINUTES", "60"))

SECRET_KEY = secret(folder=YIBAO_KEYS_DIR, name="session")
DEBUG = os.environ.get("YIBAO_DEBUG") == "1"
ALLOWED_HOSTS = sorted({urlsplit(YIBAO_PUBLIC_URL).hostname or "localhost", "localhost", "127.0.0.1"})

_SHELLS = ("yibao.web", "yibao.web.components", "yibao.web.portal", "yibao.web.workbench", "yibao.api")
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "yibao.store",
    *slices.apps(),
    *(name for name in _SHELLS if importlib.util.find_spec(name)),
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "yibao.web.middleware.PagesMiddleware",
]

ROOT_URLCONF = "yibao.project.urls"
WSGI_APPLICATION = "yibao.project.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {
    "default": database(
        url=os.environ.get("YIBAO_DATABASE_URL") or f"sqlite:///{YIBAO_HOME / 'yibao.sqlite3'}",
        test_name=os.environ.get("YIBAO_TEST_DATABASE", "test_yibao"),
        pool_size=int(os.environ.get("YIBAO_DATABASE_POOL", "8")),
    ),
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# SQLite passes the included columns of an index over: it reads them in the row, as the lists know (decision 0030).
SILENCED_SYSTEM_CHECKS = ["models.W040"]

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "/static/"
# Read straight from the packages: one command fewer between a checkout and a page.
WHITENOISE_USE_FINDERS = True
DATA_UPLOAD_MAX_MEMORY_SIZE = YIBAO_UPLOAD_BYTES_MAX
FILE_UPLOAD_TEMP_DIR = tempfile.gettempdir()

# What leaves the house: e-mail and text messages.
YIBAO_OUTBOX_DIR = YIBAO_HOME / "outbox"
YIBAO_SMS_URL = os.environ.get("YIBAO_SMS_URL", "")
YIBAO_CHANNELS = {
    "email": "yibao.store.messages.channels.MailChannel",
    "sms": os.environ.get("YIBAO_SMS") or "yibao.store.messages.channels.FileChannel",
}
DEFAULT_FROM_EMAIL = os.environ.get("YIBAO_MAIL_FROM", "yibao@localhost")
locals().update(mail.settings(url=os.environ.get("YIBAO_SMTP_URL", ""), folder=YIBAO_OUTBOX_DIR / "email"))

YIBAO_API_TOKEN_MINUTE = max(1, int(os.environ.get("YIBAO_API_TOKEN_MINUTE") or PROGRAM_TOKEN.most))
YIBAO_API_ADDRESS_MINUTE = max(1, int(os.environ.get("YIBAO_API_ADDRESS_MINUTE") or PROGRAM_ADDRESS.most))
YIBAO_EXCHANGE_MINUTE = max(1, int(os.environ.get("YIBAO_EXCHANGE_MINUTE") or EXCHANGE.most))
YIBAO_PROXIES = int(os.environ.get("YIBAO_PROXIES", "0"))
YIBAO_SECOND_FACTOR = os.environ.get("YIBAO_SECOND_FACTOR", "required") != "off"
YIBAO_STEP_UP_SECONDS = 10 * 60
CSRF_FAILURE_VIEW = "yibao.web.kept.csrf_failure"
LOGIN_URL = "/sign-in"
LOGIN_REDIRECT_URL = "/"
AUTHENTICATION_BACKENDS = ["yibao.web.recognised.Logins"]
SESSION_ENGINE = "yibao.web.recognised"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
SESSION_COOKIE_AGE = 10 * 60 * 60
# Seconds without a request, and seconds in all, after which a session ends.
YIBAO_SESSION_SECONDS = {"citizen": (30 * 60, 4 * 60 * 60), "staff": (30 * 60, SESSION_COOKIE_AGE)}
SESSION_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"

_SECURE = urlsplit(YIBAO_PUBLIC_URL).scheme == "https"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = _SECURE
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if _SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _SECURE else None
CSRF_TRUSTED_ORIGINS = [YIBAO_PUBLIC_URL] if _SECURE else []

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "yibao.project.logs.Discreet",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"yibao": {"level": "INFO"}},
}

"""Django's settings, from `configuration`. What a clinic may change is there; what must not change is here."""

from __future__ import annotations

import django_stubs_ext
from csp.constants import NONE, SELF

from poise.clinic.configuration import from_environment, installed_secrets
from poise.clinic.databases import database
from poise.clinic.logs import configure as configure_logs
from poise.clinic.mail import mail_settings

django_stubs_ext.monkeypatch()

POISE = from_environment()
_secrets = installed_secrets(POISE.data_folder)

SECRET_KEY = _secrets.session_key
POISE_AUDIT_KEY = _secrets.audit_key
DEBUG = POISE.debug
ALLOWED_HOSTS = list(POISE.hosts)
ROOT_URLCONF = "poise.clinic.urls"
ASGI_APPLICATION = "poise.clinic.asgi.application"

INSTALLED_APPS = [
    "poise.clinic.design",
    "poise.clinic.people",
    "poise.clinic.audit",
    "poise.clinic.oversight",
    "poise.clinic.drafts",
    "poise.clinic.charts",
    "poise.clinic.recordings",
    "poise.clinic.jobs",
    "poise.clinic.evaluations",
    "poise.clinic.api",
    "poise.clinic.operations",
    "poise.clinic.demo",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
]

MIDDLEWARE = [
    "poise.clinic.logs.OneLine",
    "poise.clinic.operations.metrics.Measured",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "poise.clinic.people.middleware.Who",
    "poise.clinic.audit.middleware.Trail",
    "poise.clinic.people.middleware.SetUpFirst",
    "poise.clinic.people.middleware.InTheirWords",
    "poise.clinic.people.middleware.ScreenLock",
    "poise.clinic.people.middleware.SecondFactor",
    "django_htmx.middleware.HtmxMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES = {"default": database(POISE)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["poise.clinic.people.signed_in.Person"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("name", "email")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "poise.clinic.people.passwords.NotTooLong"},
    {"NAME": "poise.clinic.people.passwords.NotDressedUp"},
]
# Failed attempts and used codes are counted for all processes alike; `add` is atomic on both databases.
# Django's usual 300 entries would let a stranger who comes from many addresses push the others' counts out.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "poise_cache",
        "OPTIONS": {"MAX_ENTRIES": 200_000},
    }
}
LOGIN_URL = "demo" if POISE.demo else "account_login"
LOGIN_REDIRECT_URL = "home"

ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # an invitation has reached the address already
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_ADAPTER = "poise.clinic.people.sign_in.Accounts"
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # no letters to addresses that have nothing to do with us
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "20/m/ip,5/5m/key", "reauthenticate": "10/m/user"}
MFA_ADAPTER = "poise.clinic.people.sign_in.Factors"
MFA_FORMS = {
    "authenticate": "poise.clinic.people.sign_in.OnceAtSignIn",
    "reauthenticate": "poise.clinic.people.sign_in.OnceAgain",
    "activate_totp": "poise.clinic.people.sign_in.OnceToBegin",
}
MFA_TOTP_TOLERANCE = 1  # a phone's clock, and the seconds of typing
MFA_ALLOW_UNVERIFIED_EMAIL = True  # an account comes from an invitation, not from an address someone typed
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not POISE.https
MFA_TOTP_ISSUER = "Poise"
USERSESSIONS_TRACK_ACTIVITY = True

SESSION_ENGINE = "poise.clinic.people.enduring_sessions"
SESSION_COOKIE_NAME = "__Host-poise" if POISE.https else "poise"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = POISE.https
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "__Host-poise-csrf" if POISE.https else "poise-csrf"
CSRF_USE_SESSIONS = False
CSRF_FAILURE_VIEW = "poise.clinic.audit.answers.csrf_failed"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = POISE.https
SECURE_REDIRECT_EXEMPT = [r"^health$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if POISE.https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = False
if POISE.trusted_proxy:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in POISE.hosts if not host.startswith("[")] if POISE.https else []

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "media-src": [SELF, "blob:"],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español")]
USE_I18N = True
FORMAT_MODULE_PATH = "poise.clinic.design.formats"  # days that cannot be read in two ways
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_COOKIE_NAME = "poise-language"

STATIC_URL = "/static/"
STATIC_ROOT = None  # WhiteNoise serves what the apps hold; nothing is collected
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},  # nothing is stored through Django
    "staticfiles": {"BACKEND": "poise.clinic.design.storage.ByContent"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 0 if DEBUG else 365 * 24 * 3600  # another content has another address: see design.storage

DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
LOGGING = configure_logs(POISE)
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
globals().update(mail_settings(POISE.email_url))
DEFAULT_FROM_EMAIL = "poise@localhost"

"""The web: pages for customers and staff over one Baton. Server-rendered; everything works without JavaScript."""

from weakref import finalize

from flask import Flask

from engine.runtime.baton import Baton
from engine.store.database import engine_options, listen
from web import documents, errors, gateway, health, lists, metrics, ops, page_tools, portal, static_files, studio, tasks
from web.extensions import babel, csrf, db, limiter, login_manager
from web.formats import LOCALES
from web.texts import catalogue, language

MB = 1024 * 1024


def create_app(baton: Baton) -> Flask:
    """The WSGI application over `baton`. Every route says who may use it, or it answers 403 (`gateway.allow`)."""
    catalogue()
    app = Flask("web")
    app.config.from_mapping(configuration(baton))
    app.extensions["baton"] = baton
    db.init_app(app)
    with app.app_context():
        listen(db.engine)
        finalize(app, db.engine.dispose)  # an app that is forgotten leaves no connection open
    babel.init_app(app, default_timezone="Asia/Seoul", locale_selector=lambda: LOCALES[language()])
    csrf.init_app(app)
    login_manager.init_app(app)
    limiter.init_app(app)
    for part in (documents, metrics, gateway, errors, page_tools, static_files, health):
        part.init_app(app)
    rooms = (health, metrics, portal, tasks, lists, documents, ops, studio)
    for blueprint in (room.blueprint for room in rooms):
        app.register_blueprint(blueprint)
    return app


def configuration(baton: Baton) -> dict[str, object]:
    """Flask's settings, from Baton's."""
    secure = baton.settings.address.startswith("https://")
    return {
        "SECRET_KEY": baton.vault.session_key,
        "SQLALCHEMY_DATABASE_URI": baton.settings.database,
        "SQLALCHEMY_ENGINE_OPTIONS": engine_options(baton.settings.database),
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": secure,
        "PERMANENT_SESSION_LIFETIME": 12 * 3600,
        "MAX_CONTENT_LENGTH": 2 * MB,
        "MAX_FORM_MEMORY_SIZE": 500_000,
        "MAX_FORM_PARTS": 200,
        "TRUSTED_HOSTS": gateway.trusted_hosts(baton.settings.address),
        "WTF_CSRF_CHECK_DEFAULT": False,  # the gateway checks, so that JSON is told apart in one place
        "WTF_CSRF_TIME_LIMIT": None,  # a form may stay open as long as the session
        "WTF_CSRF_SSL_STRICT": False,  # it would need the Referer, which tracking pages never send
        "JSON_AS_ASCII": False,
    }

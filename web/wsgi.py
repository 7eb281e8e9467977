"""The application for a WSGI server: `gunicorn web.wsgi`. Settings come from the environment; the schema must fit already."""

from engine.start import open_baton
from web import create_app

application = create_app(open_baton())

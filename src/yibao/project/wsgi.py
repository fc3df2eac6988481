"""The door for the web server."""

import os

from django.core.wsgi import get_wsgi_application

from yibao.project import loaded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yibao.project.settings")

application = get_wsgi_application()

# Before the first visitor, so that packs that were never good do not open a door.
loaded.load()

"""Every address of the site; parts are found by looking, so a new service edits nothing here.

A service's `pages.py` may have `urlpatterns` (the citizen's pages, under /<service>/) and
`workbench_urlpatterns` (the staff's, under /workbench/<service>/).
"""

from django.urls import URLPattern, URLResolver, include, path

from yibao.project import slices

_SHELLS = (("yibao.web.workbench", "workbench/"), ("yibao.api", "api/"), ("yibao.web.portal", ""))


def _service(name: str) -> list[URLResolver | URLPattern]:
    pages = slices.module(package=f"yibao.services.{name}", name="pages")
    doors = (("urlpatterns", f"{name}/", name), ("workbench_urlpatterns", f"workbench/{name}/", f"workbench_{name}"))
    return [
        path(prefix, include((getattr(pages, attribute), namespace)))
        for attribute, prefix, namespace in doors
        if hasattr(pages, attribute)
    ]


def _shells() -> list[URLResolver | URLPattern]:
    found = ((slices.module(package=package, name="urls"), prefix) for package, prefix in _SHELLS)
    return [path(prefix, include(module)) for module, prefix in found if module]


handler400 = "yibao.web.errors.bad_request"
handler500 = "yibao.web.errors.failed"
urlpatterns = [pattern for name in slices.names() for pattern in _service(name)] + _shells()

"""Page parts: the GOV.UK Frontend components as Django templates, rendered from plain options."""

from yibao.web.components.render import render

__all__ = ["render"]

"""The papers of a transfer, as data and as PDF."""

from yibao.services.relocation.documents.papers import KINDS, Paper, Said
from yibao.services.relocation.documents.typeset import typeset

__all__ = ["KINDS", "Paper", "Said", "typeset"]

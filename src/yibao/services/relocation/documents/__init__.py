"""The four papers of a transfer, as data and as PDF."""

from yibao.services.relocation.documents.papers import KINDS, Paper
from yibao.services.relocation.documents.typeset import typeset

__all__ = ["KINDS", "Paper", "typeset"]

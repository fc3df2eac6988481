"""Transfers and their papers for other programs; a token acts for one login and may what that login may."""

from ninja import Router

from yibao.services.relocation.api import cases, papers

router = Router()
router.add_router("", cases.router)
router.add_router("", papers.router)

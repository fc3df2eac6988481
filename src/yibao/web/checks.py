"""What a site for real people must not lack, beside Django's own checks: `yibao manage check --deploy`."""

from typing import Any

from django.conf import settings
from django.core.checks import Error


def second_factor_is_required(app_configs: Any, **_: Any) -> list[Error]:
    """Return an error where staff get in by password alone."""
    if settings.YIBAO_SECOND_FACTOR:
        return []
    words = "经办人员凭口令即可登录。 / Staff get in by password alone."
    return [Error(words, hint="去掉 YIBAO_SECOND_FACTOR=off。 / Remove YIBAO_SECOND_FACTOR=off.", id="yibao.E001")]

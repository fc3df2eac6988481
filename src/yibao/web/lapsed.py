"""What the pages count is deleted with everything else that has been kept long enough."""

from yibao.store.retention import Rule, in_pieces
from yibao.web.models import RequestCount, SignInFailure

RULES = (
    Rule(
        "counts", "时间窗已过的请求计数", "counts of requests whose window is over",
        lambda at: ["count"] * RequestCount.over(at=at).count(), lambda at: in_pieces(RequestCount.over(at=at)),
    ),
    Rule(
        "failures", "不再计入锁定的登录失败次数", "failed sign-ins that lock nothing any more",
        lambda at: ["failure"] * SignInFailure.over(at=at).count(), lambda at: in_pieces(SignInFailure.over(at=at)),
    ),
)  # fmt: skip

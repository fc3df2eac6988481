"""What the pages count and list for themselves is deleted with everything else that has been kept long enough."""

from yibao.store.retention import Rule, in_pieces
from yibao.web.models import OpenSession, RequestCount, SignInFailure

RULES = (
    Rule(
        "counts", "时间窗已过的请求计数", "counts of requests whose window is over",
        lambda at: ["count"] * RequestCount.over(at=at).count(), lambda at: in_pieces(RequestCount.over(at=at)),
    ),
    Rule(
        "failures", "不再计入锁定的登录失败次数", "failed sign-ins that lock nothing any more",
        lambda at: ["failure"] * SignInFailure.over(at=at).count(), lambda at: in_pieces(SignInFailure.over(at=at)),
    ),
    Rule(
        "open_sessions", "已结束的登录在本人登录清单中的记录", "what the list of open sessions told of ended ones",
        lambda at: ["session"] * OpenSession.over(at=at).count(), lambda at: in_pieces(OpenSession.over(at=at)),
    ),
)  # fmt: skip

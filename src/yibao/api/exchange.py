"""The door other areas send their signed batches to; what they carry and when it is taken the store says.

No token is asked for: a batch is taken when its signature is one of a key on record, and by nothing else.
"""

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI

from yibao.api import problems
from yibao.exchange.batch import BATCH_BYTES_MAX, CONTENT_TYPE
from yibao.exchange.refusals import refuse
from yibao.store import exchange

WRONG_TYPE = (
    "wrong_type",
    "请用 application/jose 提交",
    "send the batch as application/jose",
    "请按交换格式发送。",
    "Send it by the published form.",
)

door = NinjaAPI(
    title="Yibao 医保 exchange", version="1", openapi_url=None, docs_url=None, urls_namespace="yibao-exchange"
)
problems.tell_by(door)


@door.post("/batches", url_name="batches", summary="Take a signed batch of messages")
def batches(request: HttpRequest) -> HttpResponse:
    """Store the messages of a signed batch, each once, and answer with the signed receipt."""
    if request.content_type != CONTENT_TYPE:
        return problems.told(status=415, words=WRONG_TYPE)
    size = str(request.META.get("CONTENT_LENGTH") or "0")
    if not size.isdigit() or int(size) > BATCH_BYTES_MAX:
        raise refuse("batch_too_large")
    receipt = exchange.receive(request.body, at=request.at)  # type: ignore[attr-defined]
    return HttpResponse(receipt, content_type=CONTENT_TYPE)

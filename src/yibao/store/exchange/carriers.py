"""The way to another installation: one POST for each batch."""

import requests

from yibao.exchange.batch import BATCH_BYTES_MAX, CONTENT_TYPE
from yibao.store.exchange.refusals import refuse

TIMEOUT_SECONDS = (5, 30)
PATH = "/batches"


class HttpCarrier:
    """Posts signed batches; what is no answer of an exchange is an OSError, and the batch is sent again later."""

    def carry(self, *, batch: bytes, address: str) -> bytes:
        """Return the signed receipt the other installation answers with.

        Raises:
            OSError: It cannot be reached or answers something else.
            Refused: answer_refused with the status and code it told.
        """
        headers = {"Content-Type": CONTENT_TYPE, "Accept": CONTENT_TYPE}
        answer = _session().post(
            address.rstrip("/") + PATH, data=batch, headers=headers, timeout=TIMEOUT_SECONDS, allow_redirects=False,
            stream=True,
        )  # fmt: skip
        with answer:
            content = answer.raw.read(BATCH_BYTES_MAX + 1, decode_content=True)
        if answer.status_code != requests.codes.ok:
            raise refuse("answer_refused", answer.status_code)
        return bytes(content)


def _session() -> requests.Session:
    return _SESSION


_SESSION = requests.Session()

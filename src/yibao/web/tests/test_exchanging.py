"""The system officer's page of what stands still between areas: each trouble in words, and once more."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from yibao.casework.officers import AUDIT_OFFICER, NOWHERE, SECURITY_OFFICER, SYSTEM_OFFICER
from yibao.exchange.batch import Signer, new_key, sign_batch
from yibao.exchange.envelope import Envelope
from yibao.kernel.errors import Refused
from yibao.store import exchange
from yibao.store.exchange import handling, partners, troubles
from yibao.store.models import ExchangePartner, InboxMessage, OutboxMessage, StaffRole, TurnedAway

pytestmark = pytest.mark.django_db
HERE, THERE = "500000", "140100"
ADDRESS = "/workbench/exchange"


@pytest.fixture
def officer(client):
    return signed_in(client, SYSTEM_OFFICER, NOWHERE)


def signed_in(client, role, region):
    user, _ = User.objects.get_or_create(username=role)
    StaffRole.objects.get_or_create(user=user, role=role, region=region)
    client.force_login(user)
    return client


@pytest.fixture
def areas(db):
    for area in (HERE, THERE):
        partners.host(area=area, at=timezone.now())


def say(thread="ZY-1", kind="test.note", key="k"):
    now = timezone.now()
    return exchange.send(thread=thread, kind=kind, body={}, sender=HERE, receiver=THERE, key=key, at=now)


def shown(officer):
    return officer.get(ADDRESS).content.decode()


def test_nothing_stands_still(officer, areas):
    page = shown(officer)
    assert page.count("没有。") == 3
    assert "没有应答的统筹区" not in page


def test_a_message_not_taken_is_told_in_words_and_carried_again(officer, areas):
    row = say()
    OutboxMessage.objects.filter(message_id=row.message_id).update(state="stuck", reason={"code": "position_taken"})
    page = shown(officer)
    assert "这一序号已有另一条报文" in page
    assert "请联系对方经办机构核对。" in page
    answer = officer.post(f"{ADDRESS}/messages/{row.message_id}/again", follow=True)
    assert "将再次发送。" in answer.content.decode()
    assert exchange.deliver_due(at=timezone.now()).taken == 1


def test_one_that_could_not_be_handled_is_handled_again(officer, areas):
    row = say()
    exchange.deliver_due(at=timezone.now())
    InboxMessage.objects.filter(message_id=row.message_id).update(state="stuck", last_error="KeyError", tries=8)
    assert "程序或网络出错（KeyError）" in shown(officer)
    answer = officer.post(f"{ADDRESS}/messages/{row.message_id}/again", follow=True)
    assert "将再次办理。" in answer.content.decode()
    assert InboxMessage.objects.get(message_id=row.message_id).state == "waiting"


def test_out_of_order_waits_and_cannot_be_hurried(officer, areas, monkeypatch):
    first, second = say(key="1"), say(key="2")
    OutboxMessage.objects.filter(message_id=first.message_id).update(state="stuck", reason={"code": "id_reused"})
    exchange.deliver_due(at=timezone.now())
    monkeypatch.setattr(troubles, "GAP_AFTER", timedelta(0))
    page = shown(officer)
    assert "前面的报文还没有到" in page
    assert f"{second.message_id}/again" not in page


def test_a_message_of_a_kind_nobody_handles_is_shown_as_refused(officer, areas):
    say(kind="test.unheard")
    exchange.deliver_due(at=timezone.now())
    handling.handle_due(at=timezone.now())
    handling.handle_due(at=timezone.now())
    page = shown(officer)
    assert "本系统不办理这种报文" in page
    assert "/again" not in page


def sent(area, secret, version=1):
    now = timezone.now()
    said = Envelope(uuid4(), "ZY-9", 1, "test.note", area, HERE, now, {})
    return sign_batch(texts=[said.text()], receiver=HERE, by=Signer(area, version, secret))[0]


def turned_away(batch):
    with pytest.raises(Refused):
        exchange.receive(batch, at=timezone.now())
    assert not InboxMessage.objects.exists()


def test_batches_of_strangers_and_of_unknown_keys_are_counted(officer, areas):
    secret, _ = new_key()
    for _ in range(3):
        turned_away(sent("990000", secret))
    turned_away(sent(THERE, secret, 7))
    turned_away(sent(THERE, secret))
    turned_away(b"junk")
    rows = set(TurnedAway.objects.values_list("sender", "code", "times"))
    known = {(THERE, "key_unknown", 1), (THERE, "signature_wrong", 1)}
    assert rows == {("", "sender_unknown", 3), ("", "batch_unreadable", 1), *known}
    page = shown(officer)
    for words in ("发送方没有登记", "不认识签名所用的公钥", "签名不正确", "整批报文无法读取", "未登记的发送方"):
        assert words in page
    assert "990000" not in page, "what a stranger claims is not repeated"


def test_an_area_that_does_not_answer_is_tried_at_once(officer, areas):
    partners.silent(area=THERE, why="ConnectionError", at=timezone.now())
    assert "程序或网络出错（ConnectionError）" in shown(officer)
    assert officer.post(f"{ADDRESS}/areas/{THERE}/again").status_code == 302
    assert ExchangePartner.objects.get(area=THERE).paused_until is None
    assert officer.post(f"{ADDRESS}/areas/990000/again").status_code == 404


def test_what_got_on_meanwhile_is_refused_on_the_page(officer, areas):
    row = say()
    answer = officer.post(f"{ADDRESS}/messages/{row.message_id}/again")
    assert answer.status_code == 409
    assert "这条报文没有受阻" in answer.content.decode()
    assert officer.post(f"{ADDRESS}/messages/{uuid4()}/again").status_code == 404


def test_in_english(officer, areas):
    said = OutboxMessage.objects.filter(message_id=say().message_id)
    said.update(state="stuck", reason={"code": "refused_over_there"})
    officer.post("/preferences", {"language": "en", "next": "/"})
    assert "The other agency did not take it" in shown(officer)


@pytest.mark.parametrize("role", [SECURITY_OFFICER, AUDIT_OFFICER, "clerk", "finance", "auditor"])
def test_nobody_else_sees_or_moves_it(client, areas, role):
    row = say()
    OutboxMessage.objects.filter(message_id=row.message_id).update(state="stuck", reason={"code": "position_taken"})
    region = NOWHERE if role.endswith("officer") else HERE
    reader = signed_in(client, role, region)
    assert reader.get(ADDRESS).status_code == 403
    assert reader.post(f"{ADDRESS}/messages/{row.message_id}/again").status_code == 403
    assert reader.post(f"{ADDRESS}/areas/{THERE}/again").status_code == 403
    assert len(troubles.troubles(at=timezone.now())) == 1


def test_it_stands_in_the_officers_navigation(officer, areas):
    assert f'href="{ADDRESS}"' in officer.get("/workbench/accounts").content.decode()

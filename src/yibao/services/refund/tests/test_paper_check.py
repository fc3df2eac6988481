"""The page behind the QR code of a paper: issued here or not, and nothing about the person."""

from yibao.services.refund import actions


def issued(walk):
    walk.paid()
    return actions.make_paper(number=walk.number, kind="refund_slip", by=walk.staff["finance"], **walk.now())


def test_anybody_may_check_a_paper_and_learns_no_name(walk, client):
    walk.channel = "window"
    slip = issued(walk)
    page = client.get(f"/check/{slip.number}/{slip.check_code}").content.decode()
    for words in ("由本系统出具，内容有效", "退款单", "1,949.10", slip.number):
        assert words in page
    assert walk.person.name[:1] + "*" not in page


def test_a_wrong_code_and_a_wrong_number_are_told_alike(walk, client):
    walk.channel = "window"
    slip = issued(walk)
    answers = [client.get(f"/check/{slip.number}/WRONG"), client.get(f"/check/XX-1/{slip.check_code}")]
    assert [answer.status_code for answer in answers] == [404, 404]

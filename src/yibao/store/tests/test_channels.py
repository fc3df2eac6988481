"""The ways out of the house keep the key of a message, and say what can be tried again."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.core import mail

from yibao.project import mail as mail_settings
from yibao.store.messages.channels import FileChannel, HttpChannel, Letter, MailChannel, Undeliverable, channel

LETTER = Letter(
    to="13800138000", subject="已经受理", text="CQ-2026-000001：已经受理。", key="CQ-2026-000001/3/accepted"
)


@pytest.fixture
def gateway(settings):
    """A gateway on this machine that answers with the status it is told to."""
    taken, answer = [], {"status": 200}

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            taken.append((self.headers["Idempotency-Key"], body))
            self.send_response(answer["status"])
            self.end_headers()

        def log_message(self, *_):
            """Print nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    settings.YIBAO_SMS_URL = f"http://127.0.0.1:{server.server_port}/send"
    yield taken, answer
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_gateway_is_given_number_text_and_key(gateway):
    taken, _ = gateway
    HttpChannel().send(LETTER)
    HttpChannel().send(LETTER)
    assert taken[0] == taken[1]
    assert taken[0][1] == {"to": LETTER.to, "text": LETTER.text}
    assert LETTER.key not in taken[0][0]


@pytest.mark.parametrize(("status", "permanent"), [(400, True), (404, True), (429, False), (408, False), (503, False)])
def test_what_a_gateway_refuses_for_good_is_not_tried_again(gateway, status, permanent):
    gateway[1]["status"] = status
    with pytest.raises(Undeliverable) as caught:
        HttpChannel().send(LETTER)
    assert (str(caught.value), caught.value.permanent) == (f"http_{status}", permanent)


@pytest.mark.parametrize("address", ["", "file:///etc/passwd", "http://127.0.0.1:1/"])
def test_a_gateway_that_cannot_be_reached_is_told(settings, address):
    settings.YIBAO_SMS_URL = address
    with pytest.raises(Undeliverable):
        HttpChannel().send(LETTER)


def test_the_folder_of_a_demonstration_keeps_each_message_once(settings, tmp_path):
    settings.YIBAO_OUTBOX_DIR = tmp_path
    for _ in range(2):
        FileChannel().send(LETTER)
    file = next((tmp_path / "sms").iterdir())
    assert file.read_text(encoding="utf-8") == f"{LETTER.to}\n{LETTER.text}\n"
    assert (file.stat().st_mode & 0o777, len(list((tmp_path / "sms").iterdir()))) == (0o600, 1)


def test_an_e_mail_carries_the_key_as_its_message_id():
    for _ in range(2):
        MailChannel().send(LETTER)
    first, second = mail.outbox
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]
    assert first.subject == LETTER.subject


def test_a_mail_server_that_is_away_can_be_tried_again(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    with pytest.raises(Undeliverable) as caught:
        MailChannel().send(LETTER)
    assert not caught.value.permanent


def test_the_class_of_a_channel_comes_from_the_settings(settings):
    settings.YIBAO_CHANNELS = {"sms": "yibao.store.messages.channels.HttpChannel"}
    assert isinstance(channel("sms"), HttpChannel)


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("", {"EMAIL_FILE_PATH": "mails"}),
        ("smtp://mail.example", {"EMAIL_HOST": "mail.example", "EMAIL_PORT": 25, "EMAIL_USE_TLS": False}),
        ("smtps://a:b@mail.example:465", {"EMAIL_USE_SSL": True, "EMAIL_HOST_USER": "a", "EMAIL_PORT": 465}),
        ("smtp+tls://mail.example:587", {"EMAIL_USE_SSL": False, "EMAIL_USE_TLS": True}),
    ],
)
def test_the_mail_server_comes_from_one_address(url, wanted, tmp_path):
    read = mail_settings.settings(url=url, folder="mails")
    assert {name: read[name] for name in wanted} == wanted

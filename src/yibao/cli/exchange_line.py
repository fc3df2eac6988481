"""`yibao exchange line`: a line that can be bad, to be put between two installations that try one another."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import click
import requests

from yibao.exchange.batch import BATCH_BYTES_MAX
from yibao.exchange.line import BadLine, LineBroken, Weather

TIMEOUT_SECONDS = 30
PASSED_ON = ("Content-Type",)


@click.command("line")
@click.option("--listen", required=True, type=click.IntRange(1, 65535), help="监听端口 port to listen on")
@click.option("--to", "target", required=True, help="转往的地址 where it leads, http://host:port")
@click.option("--seed", default=1, show_default=True, help="随机种子 the same seed, the same misfortunes")
@click.option("--drop", default=0, type=click.IntRange(0, 100), help="百分之几丢失 of a hundred so many are lost")
@click.option("--mute", default=0, type=click.IntRange(0, 100), help="百分之几丢失应答 lose their answer")
@click.option("--delay", default=0, type=click.IntRange(0, 100), help="百分之几迟到 come after a later one")
@click.option("--repeat", default=0, type=click.IntRange(0, 100), help="百分之几重复 come twice")
def line(listen: int, target: str, seed: int, drop: int, mute: int, delay: int, repeat: int) -> None:
    """一条会丢失、迟到、重复、乱序的线路，放在两个系统之间试用。 A bad line to put between two installations."""
    if urlsplit(target).scheme not in ("http", "https"):
        raise click.UsageError("地址应以 http:// 或 https:// 开头 begin the address with http:// or https://")
    weather = Weather(drop, mute, delay, repeat)
    click.echo(f"127.0.0.1:{listen} → {target}  {weather}")
    served(listen=listen, target=target, weather=weather, seed=seed).serve_forever()


def served(*, listen: int, target: str, weather: Weather, seed: int) -> ThreadingHTTPServer:
    """Return a server of a bad line, not running yet.

    Args:
        listen: Port on this machine.
        target: Where it leads.
        weather: How bad it is.
        seed: Any whole number.
    """
    bad, one_at_a_time = BadLine(weather=weather, seed=seed), threading.Lock()

    class Passing(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            size = self.headers.get("Content-Length", "")
            if not size.isdigit() or int(size) > BATCH_BYTES_MAX:
                self.send_error(413)
                return
            headers = {name: self.headers[name] for name in PASSED_ON if name in self.headers}
            request, address = self.rfile.read(int(size)), target.rstrip("/") + self.path
            kind, status = "", 0

            def post(body: bytes) -> bytes:
                nonlocal kind, status
                answer = requests.post(address, data=body, headers=headers, timeout=TIMEOUT_SECONDS)
                kind, status = answer.headers.get("Content-Type", ""), answer.status_code
                return answer.content

            try:
                with one_at_a_time:
                    told = bad.send(request, post=post)
            except (LineBroken, requests.RequestException):
                # No answer at all, as when a cable is cut.
                self.close_connection = True
                return
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        def log_message(self, format: str, *values: object) -> None:
            """Nothing is logged of what passes."""

    return ThreadingHTTPServer(("127.0.0.1", listen), Passing)

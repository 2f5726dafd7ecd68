"""The real server process: what generated requests find, several workers, a graceful end."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import httpx
import pytest
import sample
from server_process import SOURCE, Running, running
from werkzeug.test import Client
from werkzeug.wrappers import Response

from semsearch.settings import Settings
from semsearch.web.admission import AdmissionControl, NotAdmittedError
from semsearch.web.keys import KeyRing
from semsearch.web.serving.connections import PATIENCE_S, ConnectionTable
from semsearch.web.serving.worker import shedding

HERE = Path(__file__).parent
# A machine that is busy with other tests answers late.
TIMEOUT_S = 30


@pytest.fixture(scope="module")
def server(small_index: Settings) -> Iterator[Running]:
    with running(small_index) as started:
        yield started


def test_generated_requests_find_nothing_wrong(make_settings: Callable[..., Settings]) -> None:
    settings = make_settings()
    sample.write_rows(settings.seeds[0] / "a.jsonl", sample.ARTICLES)
    sample.build(settings)
    _, key = KeyRing(settings.index_dir).add("schemathesis", ["write"])
    with running(settings) as server:
        run = subprocess.run(
            [
                str(Path(sys.executable).with_name("schemathesis")),
                *("--config-file", str(HERE / "schemathesis.toml")),
                *("run", f"{server.url}/api/v1/openapi.json"),
                *("--header", f"Authorization: Bearer {key}"),
                *("--checks", "all", "--phases", "examples,coverage,fuzzing"),
                *("--max-examples", "5", "--generation-deterministic", "--warnings", "off"),
            ],
            cwd=settings.cache_dir.parent,
            capture_output=True,
            text=True,
            check=False,
        )
    assert run.returncode == 0, run.stdout[-8000:]
    assert "unforeseen error" not in server.log.read_text()


def test_a_request_that_cannot_be_parsed_gets_a_problem_and_no_html(server: Running) -> None:
    host, port = server.url.removeprefix("http://").split(":")
    for request, status, slug in (
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n\r\n", 414, "address-too-long"),
        (b"NOT HTTP\r\n\r\n", 400, "malformed-request"),
        (b"GET / HTTP/1.1\r\nX: " + b"a" * 9000 + b"\r\n\r\n", 431, "headers-too-large"),
    ):
        with socket.create_connection((host, int(port)), timeout=TIMEOUT_S) as line:
            line.sendall(request)
            answer = b"".join(iter(lambda: line.recv(65536), b"")).decode()
        head, _, body = answer.partition("\r\n\r\n")
        assert head.startswith(f"HTTP/1.1 {status} ")
        assert "Content-Type: application/problem+json" in head
        assert f'"type":"urn:semsearch:problem:{slug}"' in body


def test_what_waited_too_long_is_refused_unseen_but_for_health_checks() -> None:
    shed: list[str] = []
    for path, waited, expected in (
        ("/api/v1/search", 0.49, 200),
        ("/api/v1/search", 0.51, 503),
        ("/livez", 9.0, 200),
    ):
        waits = [waited]
        application = shedding(Response("seen"), 0.5, lambda: shed.append("x"), waits.pop)
        answer = Client(application).get(path)
        assert answer.status_code == expected
        assert (answer.text == "seen") == (expected == 200)
    assert len(shed) == 1
    refused = Client(shedding(Response("seen"), 0.5, lambda: None, lambda: 1.0)).get("/")
    assert refused.mimetype == "application/problem+json"
    assert refused.headers["Retry-After"] == "1"
    assert (refused.json or {})["type"] == "urn:semsearch:problem:overloaded"


def test_a_wait_in_the_queue_counts_at_admission() -> None:
    admission = AdmissionControl(active=1, waiting=1, wait_s=3600.0)
    admission.enter()
    with pytest.raises(NotAdmittedError):
        admission.enter(waited_s=3600.0)


def test_a_connection_goes_to_the_process_with_the_fewest() -> None:
    table = ConnectionTable(2)
    first, second = table.take(), table.take()
    first.count(0)
    assert first.may_accept()  # the other has not started: nobody to leave anything to
    second.count(0)
    first.count(1)
    assert second.may_accept()
    assert not first.may_accept()
    second.count(1)
    assert first.may_accept()
    first.count(2)
    second.leave()
    assert first.may_accept()  # a process that is gone takes nothing
    third = table.take()
    third.count(0)
    assert not first.may_accept()  # its place is taken anew
    first.count(90)
    third.count(80)
    assert first.may_accept()  # within an eighth
    first.count(91)
    assert not first.may_accept()


def test_a_connection_that_nobody_takes_is_not_left_for_long() -> None:
    table = ConnectionTable(2)
    busy, asleep = table.take(), table.take()
    busy.count(5)
    asleep.count(0)
    started = time.monotonic()
    while not busy.may_accept():
        assert time.monotonic() - started < TIMEOUT_S
    assert time.monotonic() - started >= PATIENCE_S


def test_connections_are_shared_evenly(server: Running) -> None:
    """Eight that stay open, one after the other; a late wake-up may put one on the wrong side."""
    with ExitStack() as stack:
        answered = [
            stack.enter_context(httpx.Client(timeout=TIMEOUT_S)).get(
                f"{server.url}/api/v1/speakers"
            )
            for _ in range(8)
        ]
        assert [answer.status_code for answer in answered] == [200] * 8
    asked = {answer.headers["X-Request-Id"] for answer in answered}
    lines = [
        json.loads(line)
        for line in server.log.read_text().splitlines()
        if "semsearch.access" in line
    ]
    took = Counter(line["process"] for line in lines if line.get("request_id") in asked)
    assert sum(took.values()) == 8
    assert min(took.values()) >= 3


def test_figures_of_all_workers_add_up(server: Running) -> None:
    asked = 0
    # A new connection each time, which any of the workers may get.
    while len(logged(server)) < 2 or asked < 20:
        httpx.get(f"{server.url}/api/v1/sources", timeout=TIMEOUT_S)
        asked += 1
    text = httpx.get(f"{server.url}/metrics", timeout=TIMEOUT_S).text
    found = re.search(r'semsearch_requests_total{[^}]*operation="api.sources"[^}]*} (\d+)', text)
    assert found is not None
    assert int(found[1]) == asked
    page = httpx.get(f"{server.url}/status", timeout=TIMEOUT_S).text
    assert f'<th scope="row">api.sources</th><td class="num">{asked}</td>' in page


def test_workers_that_die_or_are_renewed_are_replaced(small_index: Settings) -> None:
    with (
        running(small_index) as server,
        httpx.Client(base_url=server.url, timeout=TIMEOUT_S) as client,
    ):
        for end in (signal.SIGKILL, signal.SIGTERM):
            before = workers(server)
            for worker in before:
                os.kill(worker, end)
            while len(renewed := workers(server) - before) < 2:
                assert server.process.poll() is None, server.log.read_text()
            # Both have booted once both have logged a request.
            while renewed - logged(server):
                assert httpx.get(f"{server.url}/metrics", timeout=TIMEOUT_S).status_code == 200
        assert client.get("/readyz").status_code == 200


def workers(server: Running) -> set[int]:
    """Process ids of the workers: all children but the one that folds."""
    pid = server.process.pid
    found = set()
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        # One that just died has no command line any more.
        with suppress(FileNotFoundError, ProcessLookupError):
            if b"folding" not in Path(f"/proc/{child}/cmdline").read_bytes():
                found.add(int(child))
    return found


def logged(server: Running) -> set[int]:
    """Process ids that have answered a request."""
    found = re.findall(r'"process": (\d+), "request_id"', server.log.read_text())
    return {int(pid) for pid in found}


def test_running_requests_finish_before_the_server_ends(small_index: Settings) -> None:
    answers: list[int] = []
    with running(small_index) as server:
        url = f"{server.url}/api/v1/search/stream?q=the"
        with httpx.stream("GET", url, timeout=TIMEOUT_S) as response:
            server.process.send_signal(signal.SIGTERM)
            answers += [response.status_code, len(list(response.iter_lines()))]
        assert server.process.wait(timeout=TIMEOUT_S) == 0
    assert answers[0] == 200
    assert answers[1] > 5


def test_a_new_generation_is_served_without_dropping_a_request(
    make_settings: Callable[..., Settings],
) -> None:
    settings = make_settings()
    sample.write_rows(settings.seeds[0] / "a.jsonl", sample.ARTICLES)
    sample.build(settings)
    statuses: list[int] = []
    ids: list[str] = []
    seen = threading.Event()
    with running(settings) as server:

        def ask() -> None:
            with httpx.Client(base_url=server.url, timeout=TIMEOUT_S) as client:
                while not seen.is_set():
                    answer = client.get("/api/v1/search?q=zebras+danube&k=1")
                    statuses.append(answer.status_code)
                    ids.append(answer.json()["hits"][0]["article"]["id"])
                    if ids[-1] == "zebra":
                        seen.set()

        asking = threading.Thread(target=ask)
        asking.start()
        row = {"id": "zebra", "text": "Zebras crossed the Danube."}
        sample.write_rows(settings.seeds[0] / "b.jsonl", [row])
        sample.build(settings)
        seen.wait(timeout=TIMEOUT_S)
        asking.join()
    assert ids[-1] == "zebra"
    assert set(statuses) == {200}


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        ("semsearch.web.app", "torch transformers sentence_transformers httpx mcp limits"),
        ("semsearch.web.serving.launch", "torch faiss openvino tantivy numpy"),
        ("semsearch.web.serving.journal_process", "torch flask faiss openvino tantivy numpy"),
    ],
)
def test_importing_loads_only_what_is_needed(module: str, unwanted: str) -> None:
    code = f"import sys, {module}; print(*sorted(set({unwanted.split()}) & set(sys.modules)))"
    environ = {**os.environ, "PYTHONPATH": str(SOURCE)}
    run = subprocess.run(
        [sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True
    )
    assert run.stdout.split() == []


def test_nobody_can_be_let_in_by_accident(small_index: Settings) -> None:
    settings = small_index.model_copy(update={"host": "0.0.0.0"})  # noqa: S104 -- refused
    with pytest.raises(RuntimeError, match="there are no keys"), running(settings):
        pass

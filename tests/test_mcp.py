"""The tools for assistants, called with the SDK's own client."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sample
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client
from mcp.server.mcpserver import MCPServer

from semsearch.mcp.tools import make_server
from semsearch.searcher import LiveIndex
from semsearch.settings import Settings

SOURCE = str(Path(__file__).resolve().parents[1] / "src")


@pytest.fixture
def server(small_live: LiveIndex) -> MCPServer:
    return make_server(small_live)


def call(server: MCPServer, tool: str, **arguments: Any) -> dict[str, Any]:
    """What the tool answers; an error becomes {"error": its text}."""

    async def work() -> dict[str, Any]:
        async with Client(server) as client:
            result = await client.call_tool(tool, arguments)
            if result.is_error:
                return {"error": result.content[0].text}  # type: ignore[union-attr]  # a text
            return dict(result.structured_content or {})

    return asyncio.run(work())


def test_every_tool_and_every_parameter_is_described(server: MCPServer) -> None:
    async def work() -> None:
        async with Client(server) as client:
            tools = (await client.list_tools()).tools
        assert {tool.name for tool in tools} == {
            "search",
            "read_passage",
            "who_said_what",
            "list_sources",
        }
        for tool in tools:
            assert tool.description
            assert tool.annotations is not None
            assert tool.annotations.read_only_hint is True
            for name, schema in tool.input_schema.get("properties", {}).items():
                assert schema.get("description"), f"{tool.name}: {name}"

    asyncio.run(work())


def test_search_answers_with_words_and_origin(server: MCPServer) -> None:
    found = call(server, "search", question="raising budgets without soldiers", k=1)
    (passage,) = found["passages"]
    assert passage["origin"] == {
        "article_id": "budget",
        "title": "Parliament passes the budget",
        "source": "Morning Ledger",
        "published": "2023-02-03",
        "url": None,
    }
    assert passage["best_sentence"] in sample.ARTICLES[7]["text"]
    assert passage["quotes"][0]["speaker"] == "Anna Keller"


def test_search_takes_filters(server: MCPServer) -> None:
    found = call(
        server,
        "search",
        question="the central bank",
        sources=["Evening Post"],
        published_from="2022-03-01",
        published_to="2022-03-31",
    )
    assert {p["origin"]["article_id"] for p in found["passages"]} == {"rates-2"}


def test_a_passage_is_read_with_what_stands_around_it(server: MCPServer) -> None:
    found = call(server, "search", question="raising budgets without soldiers", k=1)
    around = call(server, "read_passage", passage_id=found["passages"][0]["passage_id"])
    assert around["before"] + around["passage"] + around["after"] == sample.ARTICLES[7]["text"]


def test_quotes_are_found_by_speaker_and_words(server: MCPServer) -> None:
    found = call(server, "who_said_what", speaker="Anna Keller", words="budgets")
    assert found["total"] == 1
    assert found["quotes"][0]["origin"]["article_id"] == "budget"


def test_sources_come_with_counts_and_days(server: MCPServer) -> None:
    found = call(server, "list_sources")
    assert found["articles"] == 10
    assert (found["first_day"], found["last_day"]) == ("2022-03-01", "2023-02-04")
    assert found["sources"][0] == {"name": "Evening Post", "articles": 3}


def test_what_goes_wrong_is_told_to_the_assistant(
    server: MCPServer, make_settings: Callable[..., Settings]
) -> None:
    assert "no passage has the id" in call(server, "read_passage", passage_id="no")["error"]
    empty = sample.open_live(make_settings())
    assert "semsearch reindex" in call(make_server(empty), "list_sources")["error"]


def serving(settings: Settings, *options: str) -> tuple[list[str], dict[str, str]]:
    """Command and environment of a real server process on this index."""
    command = ["-m", "semsearch", "mcp", "--index", str(settings.index_dir), "--model", "tiny"]
    path = os.pathsep.join([SOURCE, os.environ.get("PYTHONPATH", "")])
    return [*command, *options], {**os.environ, "PYTHONPATH": path}


def test_it_serves_over_standard_input_and_output(small_index: Settings) -> None:
    arguments, environment = serving(small_index)
    parameters = StdioServerParameters(command=sys.executable, args=arguments, env=environment)

    async def work() -> None:
        async with Client(stdio_client(parameters)) as client:
            result = await client.call_tool("search", {"question": "glacier ice", "k": 1})
        found = result.structured_content or {}
        assert found["passages"][0]["origin"]["article_id"] == "glacier"

    asyncio.run(work())


def test_it_serves_over_streamable_http(small_index: Settings) -> None:
    arguments, environment = serving(small_index, "--transport", "streamable-http", "--port", "0")
    command = [sys.executable, *arguments]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        found = None
        while found is None:
            found = re.search(r"running on (http://[\d.:]+)", process.stderr.readline())

        async def work() -> None:
            async with Client(f"{found[1]}/mcp") as client:
                result = await client.call_tool("list_sources", {})
            assert (result.structured_content or {})["articles"] == 10

        asyncio.run(work())
        process.terminate()

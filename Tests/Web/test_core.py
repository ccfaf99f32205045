"""The client's core without a browser: its own tests against a real server, under node."""

import asyncio
import os
import re
from pathlib import Path

import pytest

_WEB = Path(__file__).resolve().parents[2] / "Web"


@pytest.mark.timeout(400)
async def test_core_against_a_server(server):
    """Sync, outbox, several tabs, encryption with other implementations: `Web/test live` with this run's server."""
    process = await asyncio.create_subprocess_exec(
        str(_WEB / "test"), "live", env={**os.environ, "MARTLET_HOMESERVER": server.client_url}, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT)
    output = (await process.communicate())[0].decode(errors="replace")
    counts = re.search(r"(\d+) passed, (\d+) failed", output)
    assert process.returncode == 0 and counts and int(counts[1]) > 0, output[-8000:]

"""A TCP proxy in front of a server's federation listener, so that a test can cut the line."""

import asyncio


class Gate:
    """Passes connections on the public port to the server's own port while it is open."""

    def __init__(self, public_port: int, target_port: int):
        self.public_port = public_port
        self._target_port = target_port
        self._listener: asyncio.Server | None = None
        self._connections: set[asyncio.StreamWriter] = set()

    async def open(self) -> None:
        """Accepts connections; does nothing when it already does."""
        if self._listener is None:
            self._listener = await asyncio.start_server(self._pass_on, "127.0.0.1", self.public_port)

    async def cut(self) -> None:
        """Refuses new connections and breaks those that exist."""
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.close()
        for writer in list(self._connections):
            writer.transport.abort()
        self._connections.clear()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections.add(writer)
        upstream = None
        try:
            upstream_reader, upstream = await asyncio.open_connection("127.0.0.1", self._target_port)
            self._connections.add(upstream)
            await asyncio.gather(self._copy(reader, upstream), self._copy(upstream_reader, writer))
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            for side in (writer, upstream):
                if side is not None:
                    self._connections.discard(side)
                    side.transport.abort()

    @staticmethod
    async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while chunk := await reader.read(65_536):
                writer.write(chunk)
                await writer.drain()
        finally:
            writer.close()

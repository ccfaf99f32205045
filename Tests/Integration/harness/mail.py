"""A mail server that keeps what it is sent."""

import asyncio
import base64
import email
import email.policy

from .ports import free_port


class MailServer:
    """Speaks just enough SMTP on the loopback address; `login` demands that user and password first."""

    def __init__(self, login: tuple[str, str] | None = None):
        self.port = free_port()
        self.login = login
        self.refuses = False
        self._messages: asyncio.Queue = asyncio.Queue()
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listens."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)

    async def stop(self) -> None:
        """Ends."""
        self._server.close()

    async def message(self, timeout: float = 10) -> email.message.EmailMessage:
        """The next message, oldest first."""
        return await asyncio.wait_for(self._messages.get(), timeout)

    @property
    def waiting(self) -> int:
        """How many messages nobody has read yet."""
        return self._messages.qsize()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        def say(line: str) -> None:
            writer.write(f"{line}\r\n".encode())

        say("220 mail.test ESMTP")
        recipients: list[str] = []
        sender = ""
        is_known = self.login is None
        while line := (await reader.readline()).decode().strip():
            verb = line.split(":")[0].split(" ")[0].upper()
            if verb == "EHLO":
                say("250-mail.test")
                say("250 AUTH PLAIN")
            elif verb == "AUTH":
                words = line.split(" ")
                if len(words) < 3:
                    say("334 ")
                    words.append((await reader.readline()).decode().strip())
                given = base64.b64decode(words[-1]).decode().split("\0")[1:]
                is_known = self.login is None or tuple(given) == self.login
                say("235 Welcome" if is_known else "535 Unknown user or password")
            elif verb == "MAIL":
                sender = line.split(":", 1)[1].split(" ")[0]
                say("250 Ok" if is_known and not self.refuses else "550 No")
            elif verb == "RCPT":
                recipients.append(line.split(":", 1)[1])
                say("250 Ok")
            elif verb == "DATA":
                say("354 Go on")
                data = await reader.readuntil(b"\r\n.\r\n")
                message = email.message_from_bytes(data[:-3].replace(b"\r\n..", b"\r\n."), policy=email.policy.default)
                message.envelope = (sender, recipients)
                self._messages.put_nowait(message)
                say("250 Taken")
            elif verb == "QUIT":
                say("221 Bye")
                break
            else:
                say("250 Ok")
            await writer.drain()
        writer.close()

"""A server that speaks HTTP/2 with whoever can, and HTTP/1.1 with nobody."""

import asyncio
import ssl

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import RequestReceived


class Http2Server:
    """Answers everything with ``body``; ``asked`` are the headers of requests."""

    def __init__(self, tls: ssl.SSLContext, body: bytes = b"Hello.", **headers: str) -> None:
        tls.set_alpn_protocols(["h2"])
        self._tls, self._body = tls, body
        told = {
            ":status": "200",
            **{name.replace("_", "-"): text for name, text in headers.items()},
        }
        self._headers = list(told.items())
        self._server: asyncio.Server | None = None
        self.asked: list[dict[bytes, bytes]] = []

    async def open(self) -> str:
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", 0, ssl=self._tls)
        return f"https://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def close(self) -> None:
        assert self._server
        self._server.close()
        await self._server.wait_closed()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = H2Connection(
            H2Configuration(client_side=False, validate_outbound_headers=False)
        )
        connection.initiate_connection()
        writer.write(connection.data_to_send())
        while received := await reader.read(65536):
            for event in connection.receive_data(received):
                if isinstance(event, RequestReceived):
                    self.asked.append(dict(event.headers))
                    connection.send_headers(event.stream_id, self._headers)
                    connection.send_data(event.stream_id, self._body, end_stream=True)
            writer.write(connection.data_to_send())
        writer.close()

from sqlalchemy.dialects import postgresql, sqlite

from domain.notice.models import SentMessage
from infrastructure.databases.repository import SqlRepository

_KEEP = {
    "sqlite": sqlite.insert(SentMessage).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(SentMessage).on_conflict_do_nothing(),
}


class SqlSentMessageRepository(SqlRepository[SentMessage]):
    entity = SentMessage

    async def keep(self, sent: SentMessage) -> None:
        await self._session.run(
            _KEEP[self._session.dialect],
            {
                "message_id": sent.message_id,
                "kind": sent.kind,
                "recipient": sent.recipient,
                "sent_at": sent.sent_at,
            },
        )

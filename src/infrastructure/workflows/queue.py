"""Enqueueing a job in the transaction of the fact it follows."""

from dbos import DBOSClient
from sqlalchemy.orm import Session

from domain.workflow import Job
from infrastructure.databases.session import SqlSession
from infrastructure.workflows.system import VERSION

QUEUE = "jobs"


class SqlWorkflowQueue:
    """Writes into DBOS's own tables, by DBOS's own hand."""

    def __init__(self, session: SqlSession, client: DBOSClient) -> None:
        self._session = session
        self._client = client

    async def enqueue(self, job: Job) -> None:
        """Have a workflow run once for the job's id; one that is known already stays as it is."""

        def insert(session: Session) -> None:
            self._client.enqueue_in_transaction(
                session,
                {
                    "workflow_name": job.name,
                    "workflow_id": job.id,
                    "queue_name": QUEUE,
                    "app_version": VERSION,
                },
                *job.arguments,
            )

        await self._session.in_sync(insert)

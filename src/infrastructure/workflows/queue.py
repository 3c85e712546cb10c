"""Enqueueing a job in the transaction of the fact it follows."""

from dbos import DBOSClient, EnqueueOptions
from sqlalchemy.orm import Session

from common.clock import utc_now
from domain.workflow import Job, Queue
from infrastructure.databases.session import SqlSession
from infrastructure.workflows.system import VERSION

QUEUE = str(Queue.JOBS)


class SqlWorkflowQueue:
    """Writes into DBOS's own tables, by DBOS's own hand."""

    def __init__(self, session: SqlSession, client: DBOSClient) -> None:
        self._session = session
        self._client = client

    async def enqueue(self, job: Job) -> None:
        """Have a workflow run once for the job's id; one that is known already stays as it is."""
        options: EnqueueOptions = {
            "workflow_name": job.name,
            "workflow_id": job.id,
            "queue_name": job.queue,
            "app_version": VERSION,
        }
        if job.not_before:
            options["delay_seconds"] = max(0.0, (job.not_before - utc_now()).total_seconds())

        def insert(session: Session) -> None:
            self._client.enqueue_in_transaction(session, options, *job.arguments)

        await self._session.in_sync(insert)

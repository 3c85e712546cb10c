from typing import Self

from app.http import Request
from app.operation import operation
from app.schema import Listing, Moment, Omissible, Paging, Reference, View
from domain.identity.caller import Access
from domain.workflow import NotRerunnable, Run, Runs, RunStatus, StepRun, WorkflowNotFound


class StepView(View, frozen=True, kw_only=True):
    name: str
    error: str | None
    completed_at: Moment | None

    @classmethod
    def of(cls, step: StepRun) -> Self:
        return cls(**step._asdict())


class WorkflowView(View, frozen=True, kw_only=True):
    """A job in the background; its steps are shown where it is shown alone."""

    id: str
    name: str
    status: RunStatus
    arguments: list[str]
    error: str | None
    steps: list[StepView]
    created_at: Moment
    updated_at: Moment

    @classmethod
    def of(cls, run: Run) -> Self:
        return cls(
            id=run.id,
            name=run.name,
            status=run.status,
            arguments=run.arguments,
            error=run.error,
            steps=[StepView.of(step) for step in run.steps],
            created_at=run.created_at,
            updated_at=run.updated_at,
        )


class WorkflowList(Listing[WorkflowView], frozen=True, kw_only=True):
    """A page of workflows."""


class ListWorkflows(Paging):
    status: Omissible[RunStatus] = None


class Workflows:
    """What the shop does in the background."""

    def __init__(self, runs: Runs) -> None:
        self._runs = runs

    @operation(access=Access.ADMIN)
    async def on_get(self, req: Request, query: ListWorkflows) -> WorkflowList:
        """List workflows, the latest first: ``?status=failed`` are those that need somebody."""
        page = await self._runs.page(query.status, query.part)
        return WorkflowList.of(page, WorkflowView.of)

    @operation(access=Access.ADMIN, raises=[WorkflowNotFound])
    async def on_get_workflow(self, req: Request, workflow_id: Reference) -> WorkflowView:
        """Show a workflow with its steps."""
        return WorkflowView.of(await self._runs.get(workflow_id))

    @operation(access=Access.ADMIN, status=202, raises=[WorkflowNotFound, NotRerunnable])
    async def on_post_rerun(self, req: Request, workflow_id: Reference) -> WorkflowView:
        """Go on with a workflow that failed, from the step it failed at."""
        return WorkflowView.of(await self._runs.rerun(workflow_id))

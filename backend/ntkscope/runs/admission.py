"""What a config must pass before its run waits: this server's limits, its data set."""

from ntkscope.errors import NotFound
from ntkscope.executors.base import Job
from ntkscope.experiment.check import check_start
from ntkscope.experiment.estimate import Limits, check_limits, memory_bytes, sizes
from ntkscope.experiment.problem.datasets import Table
from ntkscope.experiment.problem.table_reader import read_csv
from ntkscope.runs.live import Live
from ntkscope.runs.threads import threads_for
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.run import RunSummary
from ntkscope.store.run_store import CheckpointPlace, RunStore
from ntkscope.store.writer import Writer


class Admission:
    """Reads the store: not for the event loop, but for `live`.

    Args:
        store: Reads.
        writer: Whose earlier writes a checkpoint may be among.
        limits: What a config may ask for.
        threads: Threads of a large run.
    """

    def __init__(self, store: RunStore, writer: Writer, limits: Limits, threads: int) -> None:
        self._store, self._writer, self._limits, self._threads = store, writer, limits, threads

    def checked(self, config: RunConfig) -> Table | None:
        """`within_limits`, where a run of the config can begin too."""
        dataset = self.within_limits(config)
        check_start(config, dataset)
        return dataset

    def within_limits(self, config: RunConfig) -> Table | None:
        """The table that the config names, once the config has passed this server's limits."""
        dataset = self.table(config)
        check_limits(config, self._limits, dataset)
        return dataset

    def table(self, config: RunConfig) -> Table | None:
        """The uploaded table that the config names.

        Raises:
            NotFound: it is not here.
        """
        points = config.data.points
        if points.kind != "dataset":
            return None
        found = self._store.dataset(points.sha256)
        if found is None:
            raise NotFound(
                expected="The SHA-256 of a data set on this server.",
                got=f"'{points.sha256[:12]}...', which is not here",
                remedy="Upload the table first: POST /api/datasets.",
                where="data.points.sha256",
            )
        info, data = found
        hold_out = config.data.hold_out
        held = hold_out.column if hold_out.kind == "column" else None
        return read_csv(data, info.name, limit=len(data), points=points, held=held)

    def live(self, run: RunSummary, dataset: Table | None, extends: CheckpointPlace | None = None) -> Live:
        """A run that waits, of a config that was checked.

        Args:
            run: Its row.
            dataset: The table that its config names.
            extends: Where it goes on, if it is extended.
        """

        def checkpoint() -> bytes:
            return self._checkpoint(run.id)

        return Live(
            run,
            Job(
                run.id,
                run.config,
                dataset,
                resume=checkpoint if extends else None,
                threads=threads_for(run.config, dataset, self._threads),
                placement=run.placement,
            ),
            memory=memory_bytes(sizes(run.config, dataset)),
            since=extends.step if extends else -1,
            checkpoint=checkpoint,
        )

    def _checkpoint(self, run_id: str) -> bytes:
        """The run's newest checkpoint, as it is stored."""
        self._writer.submit(lambda _: None).result()  # what was queued before is stored then
        found = self._store.last_checkpoint(run_id)
        if found is None:
            raise NotFound(
                expected="A checkpoint in the run's log.",
                got=f"the log of '{run_id}', which has none",
                remedy="Start a new run with the same configuration.",
            )
        return self._store.event(run_id, found.seq)

"""What a config must pass before its run waits: this server's limits, its data set."""

from ntkscope.errors import NotFound
from ntkscope.executors.base import Job
from ntkscope.experiment.check import check_start
from ntkscope.experiment.estimate import Limits, check_limits, memory_bytes, sizes
from ntkscope.experiment.measure.cadence import Cadence
from ntkscope.experiment.measure.told import Told
from ntkscope.experiment.problem.datasets import Table
from ntkscope.experiment.problem.table_reader import read_csv
from ntkscope.runs.keeping import KeepLimits, check_kept
from ntkscope.runs.live import Live
from ntkscope.runs.threads import threads_for
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.run import RunSummary
from ntkscope.store.place import Place
from ntkscope.store.run_store import RunStore
from ntkscope.store.writer import Writer

NOTHING_TOLD = Place(seq=0, started=False, frame=-1, kernel=-1, checkpoint=None, since=-1)


class Admission:
    """Reads the store: not for the event loop, but for `live`.

    Args:
        store: Reads.
        writer: Whose earlier writes a checkpoint may be among.
        limits: What a config may ask for.
        threads: Threads of a large run.
        cadence: How often a run leaves a checkpoint.
        kept: How much may be kept.
    """

    def __init__(
        self, store: RunStore, writer: Writer, limits: Limits, threads: int, cadence: Cadence, kept: KeepLimits
    ) -> None:
        self._store, self._writer, self._limits, self._threads = store, writer, limits, threads
        self._cadence, self._kept = cadence, kept

    def checked(self, config: RunConfig) -> Table | None:
        """`within_limits`, where a run of the config can begin too, and be kept."""
        check_kept(self._store, self._kept)
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

    def live(self, run: RunSummary, dataset: Table | None, place: Place | None = None) -> Live:
        """A run that waits, of a config that was checked.

        Args:
            run: Its row.
            dataset: The table that its config names.
            place: Where its log goes on, if it has one.
        """

        def checkpoint() -> bytes | None:
            return self._checkpoint(run.id)

        place = place or NOTHING_TOLD
        since = place.checkpoint.step if place.checkpoint and place.since is None else place.since
        return Live(
            run,
            Job(
                run.id,
                run.config,
                dataset,
                resume=checkpoint if place.checkpoint else None,
                since=place.since if place.checkpoint else None,
                threads=threads_for(run.config, dataset, self._threads),
                placement=run.placement,
                told=Told(place.seq, place.started, place.frame, place.kernel, place.origin) if place.seq else None,
                cadence=self._cadence,
            ),
            memory=memory_bytes(sizes(run.config, dataset)),
            since=-1 if since is None else since,
            checkpoint=checkpoint,
        )

    def _checkpoint(self, run_id: str) -> bytes | None:
        """The run's newest checkpoint, as it is stored; None where it has left none."""
        self._writer.submit(lambda _: None).result()  # what was queued before is stored then
        found = self._store.last_checkpoint(run_id)
        return None if found is None else self._store.event(run_id, found.seq)

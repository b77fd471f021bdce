"""The server's settings, read from NTKSCOPE_* variables; built by the command line and create_app only."""

import os
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

# `*` is any page; a name may begin with `*.`. Nothing else may stand in the header that they go into.
PARENT = r"(\*|https?://(\*\.)?[A-Za-z0-9.-]+(:[0-9]{1,5})?)"


class Settings(BaseSettings):
    """Every value can be set as NTKSCOPE_<NAME>."""

    model_config = SettingsConfigDict(env_prefix="NTKSCOPE_", frozen=True)

    host: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=65535)
    database_url: str = "sqlite:///ntkscope.db"
    base_path: str = Field("", pattern=r"^(/[A-Za-z0-9._~-]+)*$", description="Sub-path behind a proxy, as /lab.")
    token: str = Field("", repr=False, description="Who has it may do everything; empty: drawn where one is needed.")
    token_file: str = Field("", description="A file that holds it, such as a secret of compose.")
    viewer_token: str = Field("", repr=False, description="Who has it may look, and change nothing.")
    viewer_token_file: str = Field("", description="A file that holds it.")
    people: str = Field("", repr=False, description="Further owners, each as NAME TOKEN, separated by commas.")
    people_file: str = Field("", description="A file with such a line for each of them.")
    workers: int = Field(1, ge=1, le=64, description="Runs that train at the same time.")
    threads: int = Field(
        0, ge=0, le=1024, description="Threads of a large run; 0: cores - 1. Small runs always take one."
    )
    max_parameters: int = Field(50_000_000, ge=1, description="Largest network, in parameters.")
    max_points: int = Field(4096, ge=1, description="Most training points.")
    max_memory_bytes: int = Field(
        0,
        ge=0,
        description="Most memory of runs, paused ones and previews together; 0: three quarters of what is there.",
    )
    max_steps: int = Field(10_000_000, ge=1, description="Most steps of a run.")
    max_frames: int = Field(1000, ge=2, description="Most frames that a run records.")
    max_upload_bytes: int = Field(4 * 2**20, ge=1, description="Largest uploaded table.")
    max_queued: int = Field(100, ge=1, description="Most runs waiting.")
    max_runs: int = Field(0, ge=0, description="Most runs that are kept, deleted ones left out; 0: any number.")
    max_disk_bytes: int = Field(0, ge=0, description="Size of the database from which on no run begins; 0: any.")
    keep_days: float = Field(
        0, ge=0, description="Runs that ended longer ago are deleted, but those tagged 'keep'; 0: none is."
    )
    checkpoint_seconds: float = Field(30.0, ge=0, description="A run leaves a checkpoint after so long,")
    checkpoint_share: float = Field(0.05, ge=0, le=1, description="and after this part of its steps: the rarer.")
    resume: bool = Field(False, description="At the start, go on with runs and sweeps that an earlier server left.")
    stop_seconds: float = Field(10.0, ge=0, description="Told to stop, it waits so long for its runs' checkpoints.")
    ack_seconds: float = Field(40.0, gt=0, description="A viewer that acknowledges nothing for so long is cut off.")
    allowed_hosts: str = Field("", description="Names of the proxies in front of this server, separated by commas.")
    frame_ancestors: str = Field(
        "",
        pattern=rf"^({PARENT}( *, *{PARENT})*)?$",
        description="Pages that may show this one in a frame, as https://lms.example.org, separated by commas.",
    )
    log_format: Literal["text", "json"] = Field("text", description="Of the log: sentences, or a JSON object a line.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("warning", description="From which on it is told.")
    recording: bool = Field(True, description="Show the bundled recorded run in an empty database.")

    def training_threads(self) -> int:
        """Threads that a large run may use."""
        return self.threads or max(1, (os.cpu_count() or 2) - 1)

"""`/api/desk`: what the library's staff do. Every route is the desk's alone."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from lending.aws.http import Api, answer
from lending.aws.settings import settings
from lending.aws.table import library_table

api = Api()
handler = api


class Asked(BaseModel):
    """A request of the desk: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


# Applications and cards (RULES 1-5)


# Titles and copies


# Patrons and their holds (RULES 12-14, 19)


# The Thursday: pulls, crates (RULES 15, 23, 24)


# The counter: check-ins, check-outs, lost and damaged (RULES 17, 32, 34)


# Contact tasks (RULES 39)


# Closures and suspensions (RULES 40)


# Runs (RULES 18-27)

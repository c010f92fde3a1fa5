"""The result record: one document a submission, the same for a terminal, the gradebook, feedback and reports."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Status = Literal["passed", "partial", "failed", "error", "timeout", "missing", "manual"]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TestResult(Strict):
    """One test of a check."""

    __test__ = False  # not for pytest to collect

    name: str
    status: Status
    message: str = ""


class CheckResult(Strict):
    """One check: points earned, and the sentence that the student reads.

    The points of a `bonus` check count on top of the record's maximum. `measured` holds figures by name, such as an accuracy.
    """

    id: str
    points: float = Field(ge=0)
    max_points: float = Field(ge=0)
    status: Status
    bonus: bool = False
    message: str = ""
    measured: dict[str, float] = {}
    seconds: float = Field(default=0, ge=0)
    tests: list[TestResult] = []


class Record(Strict):
    """One graded submission of one lesson."""

    schema_: Literal[1] = Field(default=1, alias="schema")
    lesson: str
    student: str
    digest: str = Field(pattern=r"^sha256:[0-9a-f]{64}$")
    isolated: bool
    seed: int
    points: float = Field(ge=0)
    max_points: float = Field(ge=0)
    seconds: float = Field(ge=0)
    flags: list[str] = []
    checks: list[CheckResult]

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    def total(self) -> str:
        """The points in words, the bonus apart: `8 of 12 points, 2 of 5 bonus points`."""
        bonus = [check for check in self.checks if check.bonus]
        extra = sum(check.points for check in bonus)
        parts = [f"{self.points - extra:g} of {self.max_points:g} points"] if self.max_points else []
        parts += [f"{extra:g} of {sum(check.max_points for check in bonus):g} bonus points"] if bonus else []
        return ", ".join(parts)

    def to_json(self) -> str:
        return self.model_dump_json(by_alias=True, indent=1)

"""What every shape of an answer or a body has in common."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Shape(BaseModel):
    """A JSON object; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


Next = Annotated[str | None, Field(description="The cursor of the next page, or null.")]
Percent = Annotated[float, Field(ge=0, le=100)]

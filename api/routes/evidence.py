"""Whose evidence packs are ours: the public half of the key that seals them."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from api.deps import PartsOf, reply
from api.errors import Code, ProblemError
from api.evidence.key import NAME, KeyFileError, load_evidence_key
from api.schemas.shape import Shape

router = APIRouter(prefix="/evidence", tags=["evidence"])


class EvidenceKeyView(Shape):
    """The public key that seals evidence packs here."""

    fingerprint: Annotated[str, Field(description="SHA-256 of the key, for `pantau verify`.")]
    public_key: Annotated[str, Field(description="Its 32 bytes, hexadecimal.")]
    public_key_pem: Annotated[str, Field(description="The same as other programs read it.")]


@router.get("/key", response_model=EvidenceKeyView)
def get_evidence_key(parts: PartsOf) -> Response:
    """The public key that seals evidence packs, and its fingerprint; made with the first question.

    Publish the fingerprint: with it anybody can tell our packs from those of somebody else.
    """
    folder = parts.settings.data_directory
    if folder is None:
        raise ProblemError(404, Code.NOT_FOUND, "Nothing is kept here, so nothing is sealed.")
    try:
        key = load_evidence_key(folder / NAME)
    except (OSError, KeyFileError) as error:
        raise ProblemError(
            503, Code.NO_EVIDENCE_KEY, "The key cannot be used; `pantau evidence key` says why."
        ) from error
    return reply(
        {
            "fingerprint": key.fingerprint,
            "public_key": key.public,
            "public_key_pem": key.public_pem,
        }
    )

"""Stored files: taken in by the forms of other desks, and sent back only under their fixed type."""

from io import BytesIO
from pathlib import Path

from flask import Blueprint, current_app, send_file
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from fanpin.blueprints.guard import actor, guard, now
from fanpin.extensions import db
from fanpin.models.outbox import StoredFile
from fanpin.rules.actions import Action
from fanpin.steps import files

blueprint = Blueprint("filing", __name__)


@blueprint.get("/files/<ref:file>")
@guard(Action.HOUSEHOLD_READ, audited=True)
def show(file: StoredFile) -> ResponseReturnValue:
    """Send a file: photos to be looked at, everything else to be saved; opening it leaves an event."""
    return send_file(BytesIO(files.content_of(store(), file)), mimetype=file.media_type, download_name=file.name,
                     as_attachment=file.media_type != files.JPEG, etag=False)


def store() -> Path:
    """Return the folder of the encrypted store."""
    return current_app.config["FANPIN_SETTINGS"].files_dir


def upload(sent: FileStorage | None, *, area_path: str, purpose: str, household_id: int | None = None) -> StoredFile | None:
    """Keep the file that came with a form; None when none was chosen. Call it inside `form.attempt()`."""
    if sent is None or not sent.filename:
        return None
    received = files.Upload(name=sent.filename, content=sent.read(files.MAX_BYTES + 1))
    return files.add(db.session(), store(), received, area_path=area_path, purpose=purpose, household_id=household_id,
                     actor=actor(), now=now())

"""Files in the encrypted store: photos rebuilt from their pixels, PDF scans kept as they are, finished papers."""

import io
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError
from sqlalchemy.orm import Session

from fanpin import audit, crypto
from fanpin.models.outbox import StoredFile
from fanpin.rules.refusals import Invalid, NotFound
from fanpin.rules.roles import Actor
from fanpin.steps import doing

MAX_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 40_000_000
LONGEST_SIDE = 2400
PDF = "application/pdf"
JPEG = "image/jpeg"


@dataclass(frozen=True)
class Upload:
    """A file as received: its name is the sender's and never trusted."""

    name: str
    content: bytes


def add(session: Session, store: Path, upload: Upload, *, area_path: str, purpose: str, household_id: int | None,
        actor: Actor, now: datetime) -> StoredFile:
    """Check by content, rebuild images from their pixels (no place or device data stays), encrypt and keep."""
    media_type, content = _clean(upload.content)
    return keep(session, store, content, media_type=media_type, name=_plain_name(upload.name, media_type),
                area_path=area_path, purpose=purpose, household_id=household_id, actor=actor, now=now)


def keep(session: Session, store: Path, content: bytes, *, media_type: str, name: str, area_path: str, purpose: str,
         household_id: int | None, actor: Actor | str, now: datetime) -> StoredFile:
    """Encrypt bytes into the store under their digest and write their row and event."""
    digest = crypto.digest(content)
    path = _path(store, digest)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        fresh.write_bytes(crypto.encrypt_file(content, aad=digest.encode()))
        fresh.replace(path)
    row = StoredFile(digest=digest, media_type=media_type, size=len(content), name=name, purpose=purpose,
                     area_path=area_path, household_id=household_id,
                     added_by=actor if isinstance(actor, str) else actor.name, added_at=now)
    session.add(row)
    session.flush()
    stream = (audit.household_stream(household_id) if household_id is not None
              else audit.SYSTEM_STREAM if isinstance(actor, str) else audit.user_stream(actor.user_id))
    audit.record(session, "file.add", actor=actor, now=now, stream=stream, object=row.ref, area_path=area_path,
                 facts={"file": row.ref, "purpose": purpose, "digest": digest})
    return row


def content_of(store: Path, file: StoredFile) -> bytes:
    """Return the file's bytes; raise `NotFound` where the store has lost them."""
    path = _path(store, file.digest)
    if not path.exists():
        raise NotFound
    return crypto.decrypt_file(path.read_bytes(), aad=file.digest.encode())


def erase(store: Path, file: StoredFile) -> bool:
    """Remove the file's bytes from the store; its row and digest stay. Say whether there was something to remove."""
    path = _path(store, file.digest)
    there = path.exists()
    path.unlink(missing_ok=True)
    return there


def note_read(session: Session, file: StoredFile, *, actor: Actor, now: datetime) -> None:
    """Write down that a file was opened."""
    audit.record(session, "file.read", actor=actor, now=now, stream=doing.stream_of(file, actor), object=file.ref,
                 area_path=file.area_path, facts={"file": file.ref, "purpose": file.purpose})


def _path(store: Path, digest: str) -> Path:
    plain = digest.split(":")[-1]
    return store / plain[:2] / plain


def _clean(content: bytes) -> tuple[str, bytes]:
    if not content:
        raise Invalid({"file": "文件是空的，请重新选择。"})
    if len(content) > MAX_BYTES:
        raise Invalid({"file": "文件超过20MB，请压缩后再上传。"})
    if content.startswith(b"%PDF-"):
        return PDF, content
    if not content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        raise Invalid({"file": "只接收JPG、PNG照片或PDF扫描件。"})
    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as image:
            if image.width * image.height > MAX_PIXELS:
                raise Invalid({"file": "照片尺寸过大（超过4000万像素），请调小后再上传。"})
            upright = ImageOps.exif_transpose(image).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise Invalid({"file": "照片打不开，可能已损坏，请重新拍照或另存后上传。"}) from error
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    fresh = Image.new("RGB", upright.size)
    fresh.paste(upright)
    out = io.BytesIO()
    fresh.save(out, "JPEG", quality=82)
    return JPEG, out.getvalue()


def _plain_name(name: str, media_type: str) -> str:
    stem = "".join(char for char in Path(name.replace("\\", "/")).stem if char.isalnum() or char in "-_（）()")[:60]
    return (stem or "文件") + (".pdf" if media_type == PDF else ".jpg")

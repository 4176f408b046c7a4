"""Stored files come back only under their fixed type, to those who may see the household, with an event."""

import io

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from fanpin.blueprints import filing
from fanpin.models.audit import AuditEvent
from fanpin.models.outbox import StoredFile
from fanpin.rules.refusals import Invalid
from fanpin.steps import files
from tests.conftest import StandingClock
from tests.world import World, log_in


def a_photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(out, "JPEG")
    return out.getvalue()


def keep(app: Flask, session: Session, world: World, clock: StandingClock, content: bytes) -> StoredFile:
    row = files.add(session, app.config["FANPIN_SETTINGS"].files_dir, files.Upload("../../屋顶 照片.exe", content),
                    area_path=world.areas["group1"].path, purpose="实地调查", household_id=None,
                    actor=world.actors["cun.gan"], now=clock.now())
    session.commit()
    return row


@pytest.mark.parametrize(("content", "media_type", "way"), [
    (a_photo(), "image/jpeg", "inline"), (b"%PDF-1.7\n%%EOF", "application/pdf", "attachment")])
def test_file_comes_back_under_its_type(app: Flask, session: Session, world: World, clock: StandingClock, content: bytes,
                                        media_type: str, way: str):
    row = keep(app, session, world, clock, content)
    answer = log_in(app, "zhu.cun").get(f"/files/{row.ref}")
    assert (answer.status_code, answer.mimetype) == (200, media_type)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith(way) and "exe" not in answer.headers["Content-Disposition"]
    assert list(session.scalars(select(AuditEvent.tag).where(AuditEvent.object == row.ref))) == ["file.add", "file.read"]


def test_neighbour_does_not_get_the_file(app: Flask, session: Session, world: World, clock: StandingClock):
    row = keep(app, session, world, clock, a_photo())
    assert log_in(app, "lin.cun").get(f"/files/{row.ref}").status_code == 404
    assert log_in(app, "bm.education").get(f"/files/{row.ref}").status_code in (403, 404)


@pytest.mark.parametrize(("content", "said"), [
    (b"", "文件是空的"), (b"MZ\x90", "只接收JPG、PNG照片或PDF扫描件"), (b"\xff\xd8\xff\x00broken", "照片打不开")])
def test_other_content_is_refused_whatever_its_name(app: Flask, world: World, content: bytes, said: str):
    with app.test_request_context("/"), pytest.raises(Invalid, match=said):
        files._clean(content)


def test_no_file_chosen_is_no_file(app: Flask):
    assert filing.upload(FileStorage(io.BytesIO(b""), filename=""), area_path="/1/", purpose="x") is None
    assert filing.upload(None, area_path="/1/", purpose="x") is None

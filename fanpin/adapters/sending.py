"""The core's side of sending: a parcel's document to a platform, in the child that alone holds network and secret."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import msgspec

from fanpin.adapters.failures import SENDING, AdapterFailed, Failure, failure_of
from fanpin.adapters.parcels import Record
from fanpin.adapters.transports.http import CALL_SECONDS, Post
from fanpin.adapters.transports.remote import SendOut, Sent
from fanpin.adapters.wire import LARGEST_ANSWER, encode
from fanpin.sandbox import Child, ChildFailed, RequestFailed

SEND_SECONDS, CPU_SECONDS, MEMORY_MB = CALL_SECONDS + 10, 60, 256


def send(post: Post, body: Mapping[str, str | int | list[Record]], *, key: str, needs: bool, today: date, ticket: str = "") -> Sent:
    """Post a document once under its key, or ask by its ticket; a platform that cannot be had raises AdapterFailed."""
    wanted = SendOut(post, dict(body), key, needs, today, ticket)
    authority = post.platform.authority_file
    child = Child(["-m", "fanpin.adapters.transports.remote"], memory_mb=MEMORY_MB, cpu_seconds=CPU_SECONDS,
                  output_limit=LARGEST_ANSWER, files=[Path(authority)] if authority else [], network=True, max_rss_mb=MEMORY_MB,
                  ports=[post.platform.port] if post.platform.port else [])
    try:
        sent = msgspec.json.decode(child.ask(encode(wanted), wall_seconds=SEND_SECONDS), type=Sent)
    except (ChildFailed, RequestFailed) as error:
        raise AdapterFailed(failure_of(error, SENDING)) from error
    finally:
        child.close()
    if sent.refused:
        raise AdapterFailed(Failure("unavailable", sent.refused))
    return sent

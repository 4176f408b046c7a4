"""The keyring: field and file encryption, blind index, seals and digests, in the national algorithms."""

import base64
import binascii
import fcntl
import hashlib
import hmac
import json
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any, Self

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FORMAT = 1
MODE = 0o600
SECRET_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16
SEAL_BYTES = 32
HEADER_BYTES = 3

SM4_GCM, AES_GCM = "sm4-gcm", "aes-256-gcm"
HMAC_SM3, HMAC_SHA256 = "hmac-sm3", "hmac-sha256"
CIPHER_CODES = {SM4_GCM: 1, AES_GCM: 2}
HASH_NAMES = {HMAC_SM3: "sm3", HMAC_SHA256: "sha256"}

FIELD, FILE, INDEX, SEAL, SESSION = "field", "file", "index", "seal", "session"
CIPHER_PURPOSES = (FIELD, FILE)
PURPOSES = (FIELD, FILE, INDEX, SEAL, SESSION)


class KeyringError(Exception):
    """The key file cannot be used; the message says why and what to do."""


class DecryptionError(Exception):
    """The stored bytes were not made with these keys for this place, or were changed."""


def _sm4_works() -> bool:
    try:
        Cipher(algorithms.SM4(bytes(16)), modes.GCM(bytes(NONCE_BYTES))).encryptor().finalize()
    except UnsupportedAlgorithm:
        return False
    return True


def _sm3_works() -> bool:
    try:
        hashlib.new("sm3")
    except ValueError:
        return False
    return True


PREFERRED_CIPHER = SM4_GCM if _sm4_works() else AES_GCM
PREFERRED_HASH = HMAC_SM3 if _sm3_works() else HMAC_SHA256


@dataclass(frozen=True)
class Key:
    """One key: its number, what it is for, its algorithm, and the secret, which no repr shows."""

    number: int
    purpose: str
    algorithm: str
    created: str
    material: bytes

    def __repr__(self) -> str:
        return f"Key({self.number}, {self.purpose}, {self.algorithm})"

    @cached_property
    def header(self) -> bytes:
        """Return what each token begins with: the algorithm and the key's number."""
        return bytes((CIPHER_CODES[self.algorithm],)) + self.number.to_bytes(2)

    @cached_property
    def _sm4(self) -> algorithms.SM4:
        return algorithms.SM4(self.material[:16])

    @cached_property
    def _aes(self) -> AESGCM:
        return AESGCM(self.material)

    @cached_property
    def _mac(self) -> hmac.HMAC:
        return hmac.new(self.material, digestmod=HASH_NAMES[self.algorithm])

    def encrypt(self, plaintext: bytes, aad: bytes) -> bytes:
        """Return header, nonce, ciphertext and tag; header and place are authenticated too."""
        nonce = os.urandom(NONCE_BYTES)
        bound = self.header + aad
        if self.algorithm == AES_GCM:
            return self.header + nonce + self._aes.encrypt(nonce, plaintext, bound)
        encryptor = Cipher(self._sm4, modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(bound)
        body = encryptor.update(plaintext) + encryptor.finalize()
        return self.header + nonce + body + encryptor.tag

    def decrypt(self, token: bytes, aad: bytes) -> bytes:
        """Return the plaintext of a token that this key made, or raise InvalidTag."""
        nonce, rest = token[HEADER_BYTES:HEADER_BYTES + NONCE_BYTES], token[HEADER_BYTES + NONCE_BYTES:]
        bound = self.header + aad
        if self.algorithm == AES_GCM:
            return self._aes.decrypt(nonce, rest, bound)
        body, tag = rest[:-TAG_BYTES], rest[-TAG_BYTES:]
        decryptor = Cipher(self._sm4, modes.GCM(nonce, tag)).decryptor()
        decryptor.authenticate_additional_data(bound)
        return decryptor.update(body) + decryptor.finalize()

    def mac(self, label: str, value: bytes) -> bytes:
        """Return the keyed hash of a value under a label; the copied state saves the key set-up."""
        state = self._mac.copy()
        name = label.encode()
        state.update(len(name).to_bytes(2) + name + value)
        return state.digest()


class Keyring:
    """The keys of one installation, loaded from its key file."""

    def __init__(self, path: Path, *, demo: bool, keys: dict[int, Key], current: dict[str, int]) -> None:
        self.path = path
        self.demo = demo
        self._keys = keys
        self._current = current
        self._lock = Lock()
        self._seen = _version(path)

    def __repr__(self) -> str:
        return f"Keyring({self.path.name!r}, demo={self.demo}, keys={len(self._keys)})"

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read the key file; refuse one that is missing, malformed or open to others."""
        keys, current, demo = _parse(path, _read(path))
        return cls(path, demo=demo, keys=keys, current=current)

    def rotate(self, purpose: str, *, now: datetime | None = None) -> int:
        """Make a new key current for a purpose and return its number; old keys still open what they closed."""
        if purpose not in PURPOSES:
            raise KeyringError(f"Unknown key purpose {purpose!r}. Use one of {', '.join(PURPOSES)}.")
        if purpose == INDEX:
            raise KeyringError("The index key does not rotate: every stored index would stop matching. "
                               "Re-index into a new installation instead.")
        with self._lock, _locked(self.path):
            self._reread()
            key = _new_key(max(self._keys) + 1, purpose, now=now)
            keys, current = self._keys | {key.number: key}, self._current | {purpose: key.number}
            _write(self.path, _document(keys, current, demo=self.demo), over=True)
            self._keys, self._current = keys, current
        return key.number

    def encrypt(self, plaintext: str | bytes, *, aad: bytes) -> bytes:
        """Encrypt a field's value for the place that `aad` names."""
        return self._current_key(FIELD).encrypt(_as_bytes(plaintext), aad)

    def decrypt(self, token: bytes, *, aad: bytes) -> bytes:
        """Return a field's value, or raise DecryptionError."""
        return self._open(FIELD, token, aad)

    def encrypt_file(self, content: bytes, *, aad: bytes) -> bytes:
        """Encrypt a stored file's content for the name that `aad` gives."""
        return self._current_key(FILE).encrypt(content, aad)

    def decrypt_file(self, token: bytes, *, aad: bytes) -> bytes:
        """Return a stored file's content, or raise DecryptionError."""
        return self._open(FILE, token, aad)

    def blind_index(self, value: str, *, purpose: str) -> bytes:
        """Return the 32 bytes by which an encrypted value is found; callers normalise the value first."""
        return self._current_key(INDEX).mac(purpose, value.encode())

    def seal(self, purpose: str, content: bytes) -> bytes:
        """Return 32 bytes that only this installation can make: key number and keyed hash."""
        key = self._current_key(SEAL)
        return key.number.to_bytes(2) + key.mac(purpose, content)[:SEAL_BYTES - 2]

    def check(self, purpose: str, content: bytes, tag: bytes) -> bool:
        """Tell whether the tag is this installation's seal on the content."""
        key = self._find(int.from_bytes(tag[:2])) if len(tag) == SEAL_BYTES else None
        if key is None or key.purpose != SEAL:
            return False
        return hmac.compare_digest(key.mac(purpose, content)[:SEAL_BYTES - 2], tag[2:])

    def session_secrets(self) -> list[str]:
        """Return the secrets that sign the browser's cookie, the current one first."""
        held = [key for key in self._keys.values() if key.purpose == SESSION]
        held.sort(key=lambda key: key.number != self._current[SESSION])
        return [key.material.hex() for key in held]

    def _current_key(self, purpose: str) -> Key:
        return self._keys[self._current[purpose]]

    def _find(self, number: int) -> Key | None:
        if number not in self._keys:
            # Another process may have rotated since this one started.
            with self._lock:
                if _version(self.path) != self._seen:
                    self._reread()
        return self._keys.get(number)

    def _reread(self) -> None:
        self._seen = _version(self.path)
        self._keys, self._current, self.demo = _parse(self.path, _read(self.path))

    def _open(self, purpose: str, token: bytes, aad: bytes) -> bytes:
        if len(token) < HEADER_BYTES + NONCE_BYTES + TAG_BYTES:
            raise DecryptionError("The stored value is too short to be one of ours.")
        key = self._find(int.from_bytes(token[1:HEADER_BYTES]))
        if key is None or key.purpose != purpose or key.header != token[:HEADER_BYTES]:
            raise DecryptionError("The key that made this value is not in the key file. Restore the key file "
                                  "that belongs to this database.")
        try:
            return key.decrypt(token, aad)
        except InvalidTag:
            raise DecryptionError("The stored value was changed, or belongs to another place.") from None


def create_keyring(path: Path, *, demo: bool, now: datetime | None = None) -> Keyring:
    """Write a fresh key file, mode 0600, never over an existing one, and return its keyring."""
    keys = {number: _new_key(number, purpose, now=now) for number, purpose in enumerate(PURPOSES, start=1)}
    current = {key.purpose: key.number for key in keys.values()}
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        _write(path, _document(keys, current, demo=demo), over=False)
    except FileExistsError:
        raise KeyringError(f"{path} exists already. Keep it: without it the stored data cannot be read.") from None
    return Keyring(path, demo=demo, keys=keys, current=current)


def digest(content: bytes) -> str:
    """Return the content's digest with the algorithm's name before it."""
    name = HASH_NAMES[PREFERRED_HASH]
    return f"{name}:{hashlib.new(name, content).hexdigest()}"


# The ambient keyring: column types have no argument through which a keyring could come.

_ambient: Keyring | None = None


def init_keyring(keyring: Keyring | None) -> None:
    """Make a keyring the one that column types and steps use; None takes it away."""
    global _ambient
    _ambient = keyring


def current() -> Keyring:
    """Return the ambient keyring."""
    if _ambient is None:
        raise KeyringError("No keyring is loaded. Call init_keyring before touching encrypted data.")
    return _ambient


def encrypt(plaintext: str | bytes, *, aad: bytes) -> bytes:
    """Encrypt a field's value under the ambient keyring."""
    return current().encrypt(plaintext, aad=aad)


def decrypt(token: bytes, *, aad: bytes) -> bytes:
    """Decrypt a field's value under the ambient keyring."""
    return current().decrypt(token, aad=aad)


def encrypt_file(content: bytes, *, aad: bytes) -> bytes:
    """Encrypt a file's content under the ambient keyring."""
    return current().encrypt_file(content, aad=aad)


def decrypt_file(token: bytes, *, aad: bytes) -> bytes:
    """Decrypt a file's content under the ambient keyring."""
    return current().decrypt_file(token, aad=aad)


def blind_index(value: str, *, purpose: str) -> bytes:
    """Return a value's blind index under the ambient keyring."""
    return current().blind_index(value, purpose=purpose)


def seal(purpose: str, content: bytes) -> bytes:
    """Seal content under the ambient keyring."""
    return current().seal(purpose, content)


def check(purpose: str, content: bytes, tag: bytes) -> bool:
    """Check a seal under the ambient keyring."""
    return current().check(purpose, content, tag)


def _as_bytes(value: str | bytes) -> bytes:
    return value.encode() if isinstance(value, str) else value


def _new_key(number: int, purpose: str, *, now: datetime | None) -> Key:
    algorithm = PREFERRED_CIPHER if purpose in CIPHER_PURPOSES else PREFERRED_HASH
    created = now.isoformat() if now else ""
    return Key(number, purpose, algorithm, created, secrets.token_bytes(SECRET_BYTES))


def _document(keys: dict[int, Key], current: dict[str, int], *, demo: bool) -> dict[str, Any]:
    return {
        "format": FORMAT, "demo": demo, "current": current,
        "keys": [{"id": key.number, "purpose": key.purpose, "algorithm": key.algorithm, "created": key.created,
                  "secret": base64.b64encode(key.material).decode()} for key in keys.values()],
    }


def _version(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino


def _read(path: Path) -> bytes:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        raise KeyringError(f"The key file {path} is missing. Restore it from its safe copy, "
                           "or run 'fanpin init' for a new installation.") from None
    except OSError as error:
        raise KeyringError(f"The key file {path} cannot be opened ({error.strerror}). "
                           "It must be a plain file of the account that runs fanpin.") from None
    with open(handle, "rb") as file:
        mode = stat.S_IMODE(os.fstat(handle).st_mode)
        if mode != MODE:
            raise KeyringError(f"The key file {path} has mode {mode:04o}. Run: chmod 600 {path}")
        return file.read()


def _parse(path: Path, text: bytes) -> tuple[dict[int, Key], dict[str, int], bool]:
    try:
        document = json.loads(text)
        if document["format"] != FORMAT or not isinstance(document["demo"], bool):
            raise ValueError("format")
        keys = {entry["id"]: _key_from(entry) for entry in document["keys"]}
        current = {purpose: document["current"][purpose] for purpose in PURPOSES}
        if any(keys[number].purpose != purpose for purpose, number in current.items()):
            raise ValueError("current")
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error):
        # The cause may quote key material, so it is not passed on.
        raise KeyringError(f"The key file {path} is damaged. Restore it from its safe copy.") from None
    _require_algorithms(path, keys)
    return keys, current, document["demo"]


def _key_from(entry: dict[str, Any]) -> Key:
    material = base64.b64decode(entry["secret"], validate=True)
    number, purpose, algorithm = entry["id"], entry["purpose"], entry["algorithm"]
    known = CIPHER_CODES if purpose in CIPHER_PURPOSES else HASH_NAMES
    if len(material) != SECRET_BYTES or purpose not in PURPOSES or algorithm not in known:
        raise ValueError("key")
    if not isinstance(number, int) or not 0 < number < 1 << 16:
        raise ValueError("id")
    return Key(number, purpose, algorithm, entry["created"], material)


def _require_algorithms(path: Path, keys: dict[int, Key]) -> None:
    missing = sorted({key.algorithm for key in keys.values()
                      if (key.algorithm == SM4_GCM and PREFERRED_CIPHER != SM4_GCM)
                      or (key.algorithm == HMAC_SM3 and PREFERRED_HASH != HMAC_SM3)})
    if missing:
        raise KeyringError(f"The keys in {path} need {', '.join(missing)}, which this machine's OpenSSL lacks. "
                           "Install an OpenSSL with the national algorithms.")


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    # Two rotations at once would lose a key.
    handle = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, MODE)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _write(path: Path, document: dict[str, Any], *, over: bool) -> None:
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}.new")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, MODE)
    try:
        with open(handle, "w", encoding="utf-8") as file:
            os.fchmod(file.fileno(), MODE)
            json.dump(document, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        if over:
            draft.replace(path)
        else:
            path.hardlink_to(draft)
    finally:
        draft.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)

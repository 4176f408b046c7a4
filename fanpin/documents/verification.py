"""The short code on a paper by which anybody can ask whether it is genuine."""

import base64

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
LENGTH, GROUP = 12, 4
_STANDARD = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_TO_OURS = str.maketrans(_STANDARD, ALPHABET)


class BadCode(ValueError):
    """What was typed cannot be a verification code."""


def verification_code(keyed_digest: bytes) -> str:
    """Return 12 letters and digits (60 bits) of a keyed digest, which only the installation can compute."""
    if len(keyed_digest) * 8 < LENGTH * 5:
        raise ValueError("the keyed digest is too short for a verification code")
    return base64.b32encode(keyed_digest).decode("ascii")[:LENGTH].translate(_TO_OURS)


def format_code(code: str) -> str:
    """Return the code in groups of four, as it is printed."""
    return "-".join(code[start:start + GROUP] for start in range(0, len(code), GROUP))


def read_code(typed: str) -> str:
    """Return the code that a person typed: any case, full width, spaces and hyphens; refuse what cannot be one."""
    wide = {ord(char) + 0xFEE0: char for char in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"}
    code = "".join(char for char in typed.translate(wide).upper() if char.isalnum())
    if len(code) != LENGTH or any(char not in ALPHABET for char in code):
        raise BadCode("验证码是12位字母和数字，没有0、1、I、O，请核对后重新输入")
    return code


def verify_path(code: str) -> str:
    """Return the path that the QR code leads to."""
    return f"/verify/{code}"

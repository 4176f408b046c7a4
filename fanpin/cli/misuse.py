"""What click says in English of a command that was not written as it is to be written, in Chinese."""

import re

import click

QUOTED = re.compile(r"'([^']*)'")


def in_chinese(error: click.UsageError) -> str:
    """Say what is wrong, and where the right way is told."""
    return f"{_what(error)}{_where_to_look(error.ctx)}"


def _what(error: click.UsageError) -> str:
    if isinstance(error, click.NoSuchOption):
        return f"没有 {error.option_name} 这个选项。"
    if isinstance(error, click.MissingParameter):
        return f"还要写 {_name(error)}。"
    if isinstance(error, click.BadParameter):
        return f"{_name(error)} 写得不对：{_wrong(error)}。"
    said = QUOTED.findall(error.message)
    if "No such command" in error.message:
        return f"没有“{'、'.join(said)}”这个命令。"
    return "多写了内容，请核对。" if "unexpected extra" in error.message else error.format_message()


def _wrong(error: click.BadParameter) -> str:
    kind, given = error.param.type if error.param else None, next(iter(QUOTED.findall(error.message)), "")
    if isinstance(kind, click.Path):
        what = "文件" if kind.file_okay and not kind.dir_okay else "目录" if kind.dir_okay and not kind.file_okay else "文件或目录"
        return f"没有“{given}”这个{what}" if "does not exist" in error.message else f"“{given}”不是可以用的{what}"
    if isinstance(kind, click.DateTime):
        return f"日期写成 2026-03-02 这样，现在是“{given}”"
    if isinstance(kind, click.Choice):
        return f"只能写{'、'.join(map(str, kind.choices))}，现在是“{given}”"
    return f"现在是“{given}”" if given else error.message


def _name(error: click.BadParameter) -> str:
    return (error.param.opts[-1] if isinstance(error.param, click.Option) else error.param.make_metavar(error.ctx)) if error.param else ""


def _where_to_look(context: click.Context | None) -> str:
    return f"用法见 {context.command_path} --help" if context else ""

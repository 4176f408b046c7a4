"""Find in source text what a convention forbids; each finder is a function from text to the offenders it names."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Imported:
    """One imported module: its name as far as it can be a module, the line, and whether a function holds it."""

    module: str
    line: int
    inside: str = ""


def imports(source: str) -> list[Imported]:
    """List what a module imports; `from fanpin import audit` counts as fanpin.audit, relative imports by their dots."""
    found: list[Imported] = []

    def walk(node: ast.AST, inside: str) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import):
                found.extend(Imported(alias.name, child.lineno, inside) for alias in child.names)
            elif isinstance(child, ast.ImportFrom):
                base = "." * child.level + (child.module or "")
                found.extend(Imported(f"{base}.{alias.name}" if base in ("fanpin", ".") else base, child.lineno, inside)
                             for alias in child.names)
            named = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
            walk(child, child.name if named else inside)

    walk(ast.parse(source), "")
    return sorted(set(found), key=lambda item: (item.line, item.module))


def unit_of(module: str, parts: Mapping[str, str]) -> str:
    """Return the package or module directly under fanpin to which a module belongs; `parts` joins what is one thing."""
    name = module.split(".")[1] if "." in module else ""
    return parts.get(name, name)


def rises(importer: str, imported: str, rows: tuple[frozenset[str], ...], parts: Mapping[str, str]) -> str:
    """Say why `importer` may not import `imported`, or return ""; both are dotted module names under fanpin."""
    above, below = unit_of(importer, parts), unit_of(imported, parts)
    if not below or above == below:
        return ""
    height = {name: place for place, row in enumerate(rows) for name in row}
    for name in (above, below):
        if name not in height:
            return f"{name} has no row"
    if height[above] == height[below]:
        return f"{above} and {below} are neighbours"
    return "" if height[above] > height[below] else f"{below} lies above {above}"


def cycles(graph: Mapping[str, Iterable[str]]) -> list[tuple[str, ...]]:
    """Return one cycle through each module that can reach itself, each cycle once."""
    found: set[tuple[str, ...]] = set()

    def walk(here: str, path: tuple[str, ...], done: set[str]) -> None:
        for following in sorted(graph.get(here, ())):
            if following in path:
                ring = path[path.index(following):]
                least = ring.index(min(ring))
                found.add(ring[least:] + ring[:least])
            elif following not in done:
                walk(following, (*path, following), done)
        done.add(here)

    done: set[str] = set()
    for start in sorted(graph):
        if start not in done:
            walk(start, (start,), done)
    return sorted(found)


def calls(source: str) -> Iterator[tuple[str, ast.Call]]:
    """Yield every call with the dotted name of what is called, as far as it is names and attributes."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            yield dotted(node.func), node


def dotted(node: ast.AST) -> str:
    """Return `a.b.c` for a chain of attributes; what is not a name is left out."""
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else f".{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def assigned(source: str, names: frozenset[str], model: str) -> list[str]:
    """Find writes to the named attributes: assignment, setattr, `values(…)` of a statement, construction of the model."""
    found = []
    for node in ast.walk(ast.parse(source)):
        targets = (node.targets if isinstance(node, ast.Assign)
                   else [node.target] if isinstance(node, ast.AugAssign | ast.AnnAssign | ast.For) else [])
        for target in targets:
            found += [f"{part.lineno}: {ast.unparse(part)} =" for part in ast.walk(target)
                      if isinstance(part, ast.Attribute) and isinstance(part.ctx, ast.Store) and part.attr in names]
    for called, call in calls(source):
        given = {keyword.arg for keyword in call.keywords}
        if called == "setattr" and isinstance(call.args[1], ast.Constant) and call.args[1].value in names:
            found.append(f"{call.lineno}: setattr {call.args[1].value}")
        if called.endswith(".values") and (names & given or None in given or _keys(call.args) & names):
            found.append(f"{call.lineno}: values(…)")
        if called.split(".")[-1] == model and (names & given or None in given):
            found.append(f"{call.lineno}: {model}(…)")
    return sorted(found, key=lambda text: int(text.split(":")[0]))


def _keys(arguments: Iterable[ast.expr]) -> set[object]:
    return {key.value for argument in arguments if isinstance(argument, ast.Dict)
            for key in argument.keys if isinstance(key, ast.Constant)}


def untyped(source: str) -> list[str]:
    """Name the functions that leave a parameter or what they return without a type."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        given = node.args
        every = [*given.posonlyargs, *given.args, *given.kwonlyargs,
                 *(extra for extra in (given.vararg, given.kwarg) if extra)]
        bare = [one.arg for one in every if one.annotation is None and one.arg not in ("self", "cls")]
        if bare or node.returns is None:
            found.append(f"{node.lineno}: {node.name}({', '.join(bare)})")
    return found


def strings(source: str) -> set[str]:
    """Return the text constants of a module; a formatted one with `*` for each part that is computed."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(node.value)
        if isinstance(node, ast.JoinedStr):
            found.add("".join(str(part.value) if isinstance(part, ast.Constant) else "*" for part in node.values))
    return found


def members_named(source: str, enum: str) -> set[str]:
    """Return the members of an enum that a module names (`Action.X`)."""
    return {node.attr for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.Attribute) and dotted(node.value).split(".")[-1] == enum}


def recorded(source: str) -> list[tuple[int, str, set[str] | None]]:
    """List (line, tag, keys of `facts`) of every audit.record; keys None where they are not written out there."""
    found = []
    for called, call in calls(source):
        if called != "audit.record" or len(call.args) < 2:
            continue
        tag = call.args[1]
        facts = next((keyword.value for keyword in call.keywords if keyword.arg == "facts"), ast.Dict([], []))
        keys: set[str] | None = None
        if isinstance(facts, ast.Dict) and all(isinstance(key, ast.Constant) for key in facts.keys):
            keys = {str(key.value) for key in facts.keys if isinstance(key, ast.Constant)}
        found.append((call.lineno, tag.value if isinstance(tag, ast.Constant) else f"={ast.unparse(tag)}", keys))
    return found


INLINE = re.compile(r"<script(?![^>]*\ssrc=)|<style\b|\sstyle\s*=|\son[a-z]+\s*=\s*[\"'{]|javascript:", re.IGNORECASE)
LAYOUT = re.compile(r"\{%-?\s*extends\s+\"(layouts|documents)/")
MACRO_IMPORT = re.compile(r"\{%-?\s*from\s+\"[^\"]+\"\s+import\s+([^%]+?)(?:\s+with(?:out)?\s+context)?\s*-?%\}")
URL_PART = re.compile(r"<(?:([a-z_]+)(?:\([^)]*\))?:)?([a-z_]+)>")


def inline(template: str) -> list[str]:
    """Find script, style and handlers written into a page."""
    return [found[0].strip() for found in INLINE.finditer(template)]


def unused_macros(template: str) -> list[str]:
    """Name the macros that a template imports and does not use."""
    names = [name.split(" as ")[-1].strip() for row in MACRO_IMPORT.finditer(template) for name in row[1].split(",")]
    rest = MACRO_IMPORT.sub("", template)
    return [name for name in names if name and not re.search(rf"\b{re.escape(name)}\b", rest)]


def url_parts(rule: str) -> list[tuple[str, str]]:
    """List (converter, name) of a URL's parts; the converter is "" where none is written."""
    return [(found[1] or "", found[2]) for found in URL_PART.finditer(rule)]


def words(text: str, forbidden: Iterable[str]) -> list[str]:
    """Find forbidden words, each with its line; a pattern is taken as it stands."""
    pattern = re.compile("|".join(forbidden))
    return [f"{number}: {found[0]}" for number, line in enumerate(text.splitlines(), 1) for found in pattern.finditer(line)]

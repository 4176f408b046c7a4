"""Numbers for those who see no cases: so few households that one could guess who they are never show (个人信息保护法 6)."""

FEWEST = 5


def told(count: int, *, exact: bool) -> str:
    """Return a count of households in words; a coarse one is rounded, so that no difference gives a small one away."""
    if exact or count == 0:
        return f"{count}"
    if count < FEWEST:
        return f"少于{FEWEST}"
    return f"约{drawn(count, exact=False)}"


def drawn(count: int, *, exact: bool) -> int:
    """Return the number that a chart may draw for a count."""
    if exact or count == 0:
        return count
    return max(FEWEST, (count + FEWEST // 2) // FEWEST * FEWEST)

"""The page of the contract is the code's own, and names everything that a plugin may import."""

from fanpin import adapters
from fanpin.adapters import reference
from fanpin.rules.duties import KINDS
from tests.house import ROOT


def test_the_page_in_docs_is_what_the_code_says() -> None:
    """Write it again with `fanpin adapter reference --markdown docs/adapter-reference.md`."""
    assert (ROOT / "docs" / "adapter-reference.md").read_text(encoding="utf-8") == reference.page()


def test_everything_that_a_plugin_may_import_and_claim_is_on_the_page() -> None:
    page = reference.page()
    assert [name for name in adapters.__all__ if f"`{name}`" not in page] == []
    assert [kind.code for kind in KINDS.values() if not kind.village and f"| `{kind.code}` |" not in page] == []

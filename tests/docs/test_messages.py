"""The page of messages has an entry for every error and warning of the package, and no other."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "user_guide" / "messages.rst"
TITLES = re.findall(r"^``(.+)``$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
FEWEST_WORDS = 4


def _template(node):
    """The text of a string literal, with … for what varies; None for other nodes."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return re.sub(r"\{[^}]*\}", "…", node.value)  # of str.format
    if isinstance(node, ast.JoinedStr):
        return "".join(_template(part) or "…" for part in node.values)
    return None


def _messages(source):
    """The sentences in the code, and what an error is made of; no docstrings."""
    nodes = list(ast.walk(ast.parse(source)))
    docstrings = [node.value for node in nodes if isinstance(node, ast.Expr)]
    parts = [part for node in nodes if isinstance(node, ast.JoinedStr) for part in node.values]
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    raised = [arg for c in calls if getattr(c.func, "id", "").endswith("Error") for arg in c.args]
    for node in nodes:
        text = _template(node)
        if text is None or node in docstrings or node in parts:
            continue
        is_sentence = text.endswith(".") and len(text.split()) >= FEWEST_WORDS
        if is_sentence or node in raised:
            yield text


MESSAGES = sorted(
    {
        message
        for path in (ROOT / "skshallow").rglob("*.py")
        for message in _messages(path.read_text(encoding="utf-8"))
    }
)


def _begins(message, title):
    return message.startswith(title.rstrip("… "))


@pytest.mark.parametrize("message", MESSAGES)
def test_message_has_an_entry(message):
    assert any(_begins(message, title) for title in TITLES), f"Add an entry to {PAGE.name}."


@pytest.mark.parametrize("title", TITLES)
def test_entry_is_a_message(title):
    assert any(_begins(message, title) for message in MESSAGES), f"Drop it from {PAGE.name}."

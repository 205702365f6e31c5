"""How Sphinx builds these pages; CONTRIBUTING.md has the command. Nothing is fetched."""

import os
from pathlib import Path

from docutils.nodes import SkipNode
from docutils.utils.math.latex2mathml import tex2mathml

import skshallow

project = "skshallow"
author = "the skshallow developers"
project_copyright = f"2026, {author}"
version = release = skshallow.__version__

extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.viewcode",
    "sphinx_copybutton",
    "sphinx_design",
    "sphinx_gallery.gen_gallery",
]
exclude_patterns = ["_build", "_templates", "notes", "examples", "benchmarks/README.md"]
# The parts of a run, which git ignores, too.
exclude_patterns += [f"benchmarks/results/{part}/*.md" for part in ("speed", "quick")]
templates_path = ["_templates"]
myst_enable_extensions = ["html_image"]  # pictures with a class, which GitHub shows, too

smartquotes = False  # quotes belong to code
toc_object_entries_show_parents = "hide"
autodoc_typehints = "none"  # the docstrings say more
autodoc_member_order = "bysource"
numpydoc_show_class_members = False  # the template of a class does so

os.environ["COLUMNS"] = "90"  # progress bars are printed on a page, not drawn on a terminal
sphinx_gallery_conf = {
    "examples_dirs": ["notes", "examples"],
    "gallery_dirs": ["from_the_notes", "auto_examples"],
    "filename_pattern": r"\.py$",
    "parallel": 2,
    "within_subsection_order": "FileNameSortKey",
    "doc_module": ("skshallow",),
    "backreferences_dir": "api/generated/backreferences",
    "default_thumb_file": str(Path(__file__).parent / "_static" / "logo.svg"),
    "image_srcset": ["2x"],
    "remove_config_comments": True,
    "capture_repr": ("_repr_html_",),
    "min_reported_time": 10,
    "notebook_extensions": set(),
    "download_all_examples": False,
    "write_computation_times": False,
    "show_signature": False,
}

copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True

html_theme = "pydata_sphinx_theme"
html_title = "skshallow"
html_favicon = "_static/logo.svg"
html_static_path = ["_static"]
html_css_files = ["skshallow.css"]
html_show_sourcelink = False
html_theme_options = {
    "logo": {
        "text": f"skshallow {release}",
        "image_light": "_static/logo.svg",
        "image_dark": "_static/logo.svg",
    },
    "footer_end": [],
    "header_links_before_dropdown": 5,
}
html_context = {"default_mode": "auto"}  # light or dark, as the reader's system is
html_sidebars = {
    page: []
    for page in (
        "index",
        "getting_started",
        "coming_from_mlpclassifier",
        "architecture",
        "changelog",
    )
}


def visit_math(writer, node):
    """A formula as MathML, which browsers draw themselves: no script and no font is loaded."""
    block = node.tagname == "math_block"
    writer.body.append(tex2mathml(node.astext(), as_block=block))
    raise SkipNode


def setup(app):
    """Register the renderer of formulas."""
    app.add_html_math_renderer("mathml", (visit_math, None), (visit_math, None))

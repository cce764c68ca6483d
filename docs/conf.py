"""How Sphinx builds the documentation: ``nox -s docs``."""

import tomllib
from pathlib import Path

import django
from django.conf import settings
from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.nodes import make_refnode

# Models, and so the forms and backends that are documented, can be imported only in a project.
settings.configure(INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth"])
django.setup()

PYPROJECT = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text(encoding="utf-8"))

project = "authguard"
author = "authguard contributors"
copyright = author
release = version = PYPROJECT["project"]["version"]

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]

myst_enable_extensions = ["colon_fence", "deflist", "fieldlist"]
myst_heading_anchors = 3

autoclass_content = "class"
autodoc_default_options = {"members": True, "show-inheritance": True}
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
autodoc_typehints = "signature"
napoleon_google_docstring = True
napoleon_numpy_docstring = False

# References to authguard's public names must resolve; others aren't looked up: no network is needed.
nitpicky = True
nitpick_ignore_regex = [(r"py:.*", r"(?!authguard_).*"), (r"py:.*", r".*\.(_\w+|T|Exchange)")]

html_theme = "furo"
html_title = f"authguard {release}"


def resolve_reexport(
    app: Sphinx, env: BuildEnvironment, node: addnodes.pending_xref, contnode: nodes.TextElement
) -> nodes.Node | None:
    """Link a name to the page that documents it, be it under the defining module or a re-exporting one."""
    target = str(node.get("reftarget", ""))
    python = env.get_domain("py")
    name = target.rpartition(".")[2]
    if node.get("refdomain") != "py" or not target.startswith("authguard_"):
        return None
    same = [
        entry
        for entry in python.get_objects()
        if entry[0].startswith("authguard_") and entry[0].rpartition(".")[2] == name
    ]
    if not same:
        return None
    fullname, _, _, page, anchor, _ = min(same, key=lambda entry: len(entry[0]))
    return make_refnode(app.builder, str(node["refdoc"]), page, anchor, contnode, fullname)


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    app.connect("missing-reference", resolve_reexport)

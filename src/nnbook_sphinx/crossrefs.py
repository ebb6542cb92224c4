"""Links to what Sphinx knows by name; they are resolved when all pages are read."""

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.environment import BuildEnvironment


def anchor(claim_id: str) -> str:
    """The id of a claim's card in the page."""
    return claim_id.lower()


def link_to_card(claim_id: str, env: BuildEnvironment, raw: str = "") -> pending_xref:
    """The id of a claim, linked to its card."""
    label = nodes.inline("", claim_id)
    return _link(env, "std:ref", f"claim-{anchor(claim_id)}", label, raw=raw)


def link_to_page(docname: str, env: BuildEnvironment) -> pending_xref:
    """The title of a page, linked to it."""
    label = nodes.inline("", docname)
    return _link(env, "std:doc", f"/{docname}", label, refexplicit=False)


def link_to_object(target: str, label: nodes.Node, env: BuildEnvironment) -> pending_xref:
    """A label that leads to the reference of a function or module, if there is one."""
    return _link(env, "py:obj", target, label, refwarn=False)


def link_to_term(name: str, shown: str, env: BuildEnvironment) -> pending_xref:
    """A text that leads to a term of the glossary."""
    label = nodes.inline("", shown, classes=["xref", "std", "std-term"])
    return _link(env, "std:term", name, label)


def _link(
    env: BuildEnvironment,
    role: str,
    target: str,
    label: nodes.Node,
    *,
    raw: str = "",
    refexplicit: bool = True,
    refwarn: bool = True,
) -> pending_xref:
    """A label as a link; explicit: it stays, and is not replaced by the target's title."""
    domain, kind = role.split(":")
    return pending_xref(
        raw,
        label,
        refdomain=domain,
        reftype=kind,
        reftarget=target,
        refexplicit=refexplicit,
        refwarn=refwarn,
        refdoc=env.docname,
    )

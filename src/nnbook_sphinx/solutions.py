"""Folds the solutions of exercises, without JavaScript."""

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx_exercise.nodes import solution_node

from nnbook_sphinx.details import Details


class FoldSolutions(SphinxPostTransform):
    """Turns each solution of class "dropdown" into a part of the page that opens on demand."""

    # After sphinx-exercise has put in the titles.
    default_priority = 900

    def run(self, **kwargs: Any) -> None:
        """Fold them. The title goes, for it repeats that of the exercise above."""
        for node in list(self.document.findall(solution_node)):
            if "dropdown" in node["classes"]:
                folded = Details("", *_body(node), summary="Solution", ids=node["ids"])
                folded["classes"].append("solution")
                node.replace_self(folded)


def _body(solution: nodes.Element) -> list[nodes.Node]:
    """What stands in a solution; sphinx-exercise wraps it in a section whose id every solution shares."""
    body: list[nodes.Node] = []
    for child in solution.children:
        if isinstance(child, nodes.section):
            body += child.children
        elif not isinstance(child, nodes.title):
            body.append(child)
    return body


def setup(app: Sphinx) -> None:
    """Add the transform."""
    app.add_post_transform(FoldSolutions)

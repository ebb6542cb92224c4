"""What tests of drawings share: the colors of what is drawn, and those of the book."""

import io
import re

from matplotlib.colors import to_hex

from nnbook import plotting

OF_THE_BOOK = {to_hex(color) for color in plotting.LIGHT_TO_DARK}


def colors_in(ax):
    """The colors of a figure, in hexadecimal digits."""
    svg = io.StringIO()
    ax.figure.savefig(svg, format="svg")
    return set(re.findall(r"#[0-9a-f]{6}\b", svg.getvalue()))

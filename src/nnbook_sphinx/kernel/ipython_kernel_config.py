"""How the kernels of the book draw: SVG only, and the same bytes every time."""

c = get_config()  # noqa: F821
c.InlineBackend.figure_formats = {"svg"}
c.InlineBackend.print_figure_kwargs = {"bbox_inches": "tight", "metadata": {"Date": None}}
c.HistoryManager.enabled = False
c.IPKernelApp.log_level = "ERROR"

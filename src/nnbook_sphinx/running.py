"""Runs notebooks on several kernels at once and says where in the chapter a failure lies."""

import asyncio
import atexit
import copy
import os
import re
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from nnbook_sphinx.chapters import KERNEL, Cell, Chapter
from nnbook_sphinx.problems import COLOR
from nnbook_sphinx.store import Store

TRACEBACK_LINES = 8
LINE_IN_CELL = re.compile(r"Cell In\[\d+\], line (\d+)")
THREAD_LIMITS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)


def run_chapters(
    chapters: Sequence[Chapter], store: Store, *, workers: int, timeout: int
) -> list[str]:
    """Run chapters in parallel; keep each as soon as it is done; return what failed, with its place.

    The event loop lives in a thread of its own: in the main thread, nbclient would take over Ctrl-C.
    """
    failures: list[str] = []
    loop = asyncio.new_event_loop()
    with TemporaryDirectory() as folder:
        environment = kernel_environment(Path(folder))
        task = loop.create_task(
            _run_all(chapters, store, failures, workers, timeout, environment)
        )
        thread = threading.Thread(target=_finish, args=(loop, task))
        thread.start()
        try:
            thread.join()
        except BaseException:
            loop.call_soon_threadsafe(task.cancel)
            thread.join()
            raise
    if task.exception():
        raise task.exception()  # type: ignore[misc]
    return sorted(failures)


def kernel_environment(folder: Path) -> dict[str, str]:
    """Variables for kernels: our settings and no one's own, one thread each, the same SVG every time."""
    profile = folder / "profile_default"
    profile.mkdir()
    copyfile(KERNEL / "ipython_kernel_config.py", profile / "ipython_kernel_config.py")
    ours = {
        "IPYTHONDIR": str(folder),
        "MATPLOTLIBRC": str(KERNEL / "matplotlibrc"),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    }
    return {**os.environ, **dict.fromkeys(THREAD_LIMITS, "1"), **ours, "PYTHONHASHSEED": "0"}


def _finish(loop: asyncio.AbstractEventLoop, task: "asyncio.Task[None]") -> None:
    asyncio.set_event_loop(loop)
    loop.run_until_complete(asyncio.wait([task]))
    loop.close()


async def _run_all(
    chapters: Sequence[Chapter],
    store: Store,
    failures: list[str],
    workers: int,
    timeout: int,
    environment: dict[str, str],
) -> None:
    places = asyncio.Semaphore(workers)

    async def run(chapter: Chapter) -> None:
        async with places:
            start = time.perf_counter()
            notebook, found = await run_chapter(chapter, timeout, environment)
            failures.extend(found)
            if not found:
                store.add(chapter, notebook, time.perf_counter() - start)

    async with asyncio.TaskGroup() as group:
        for chapter in chapters:
            group.create_task(run(chapter))


async def run_chapter(
    chapter: Chapter, timeout: int, environment: dict[str, str]
) -> tuple[NotebookNode, list[str]]:
    """The chapter's code cells with their outputs, and what went wrong."""
    notebook = copy.deepcopy(chapter.notebook)
    notebook.cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    at = [0]
    client = NotebookClient(
        notebook,
        timeout=timeout,
        kernel_name=notebook.metadata.get("kernelspec", {}).get("name", "python3"),
        resources={"metadata": {"path": str(chapter.path.parent)}},
        on_cell_start=lambda cell_index, **_: at.__setitem__(0, cell_index),
        shutdown_kernel="immediate",
    )
    try:
        await client.async_execute(env=environment)
    except CellExecutionError as error:
        return notebook, [raised(chapter, chapter.cells[at[0]], error)]
    except CellTimeoutError:
        remedy = f"ran past its limit of {timeout} s; make it smaller, or record it as a claim"
        return notebook, [place(chapter, chapter.cells[at[0]], remedy)]
    except DeadKernelError:
        return notebook, [
            place(chapter, chapter.cells[at[0]], "killed its kernel (out of memory?)")
        ]
    finally:
        await _let_go(client)
    return notebook, list(_complaints(chapter, notebook))


async def _let_go(client: NotebookClient) -> None:
    """Stop what an interrupted run left behind; at exit, nbclient would wait for it without an end."""
    atexit.unregister(client._cleanup_kernel)
    if client.km is not None and await client.km.is_alive():
        await client.km.shutdown_kernel(now=True)


def place(chapter: Chapter, cell: Cell, text: str, line: int = 1) -> str:
    """A problem with its file, its line and the number of its cell."""
    return f"{chapter.path}:{cell.line + line - 1}: cell {cell.number} {text}"


def raised(chapter: Chapter, cell: Cell, error: CellExecutionError) -> str:
    """The statement that failed and the last lines of its traceback."""
    text = COLOR.sub("", error.traceback).rstrip()
    line = LINE_IN_CELL.search(text)
    tail = "\n".join(f"    {row}" for row in text.splitlines()[-TRACEBACK_LINES:])
    return place(chapter, cell, f"raised {error.ename}:\n{tail}", int(line[1]) if line else 1)


def _complaints(chapter: Chapter, notebook: NotebookNode) -> list[str]:
    """What cells wrote to stderr: a warning there is a warning to the author, not to the reader."""
    found = []
    for cell, executed in zip(chapter.cells, notebook.cells, strict=True):
        noise = "".join(o.text for o in executed.outputs if o.get("name") == "stderr").strip()
        if noise:
            text = f"wrote to stderr; mend the cause:\n    {noise[-500:]}"
            found.append(place(chapter, cell, text))
    return found

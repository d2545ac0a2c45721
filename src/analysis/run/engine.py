"""The papermill engine of the bulletin: no failure is left without a mark.

papermill marks a page whose code raises. A kernel that dies, does not start, or takes too long
leaves its page looking as if it were whole; here it becomes an error output of the cell that was
running, which papermill then finds, marks and raises like any other.
"""

from typing import Any

import nbformat
from papermill.engines import NBClientEngine, NotebookExecutionManager, papermill_engines

ENGINE = "bulletin"


class BulletinEngine(NBClientEngine):
    """nbclient, with every kind of failure written into the page."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: NotebookExecutionManager, kernel_name: str, **kwargs: Any
    ) -> None:
        """Run the notebook that ``nb_man`` holds."""
        try:
            super().execute_managed_notebook(nb_man, kernel_name, **kwargs)
        except Exception as fault:  # an error of the code does not come this way
            cell = _running_cell(nb_man.nb)
            words = str(fault).strip().partition("\n")[0]
            cell.outputs.append(
                nbformat.v4.new_output("error", ename=type(fault).__name__, evalue=words)
            )
            nb_man.cell_exception(cell)


def _running_cell(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The code cell that was started last, or the first where none was."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    started = [cell for cell in cells if cell.metadata.papermill.get("start_time")]
    return (started or cells)[-1 if started else 0]


papermill_engines.register(ENGINE, BulletinEngine)

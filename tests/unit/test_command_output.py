"""What commands say when something cannot be done."""

import click
import pytest

from api.commands.output import problems_told
from collector.store import StoreError


def test_what_an_operator_can_mend_is_one_line_and_exit_code_1(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(click.exceptions.Exit) as ended, problems_told():
        raise StoreError("database or disk is full")
    assert ended.value.exit_code == 1
    assert capsys.readouterr().err == "pantau: database or disk is full\n"


def test_the_same_out_of_tasks_side_by_side(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(click.exceptions.Exit), problems_told():
        raise ExceptionGroup("tasks", [StoreError("disk is full")])
    assert capsys.readouterr().err == "pantau: disk is full\n"


def test_a_fault_of_our_own_passes_with_its_traceback() -> None:
    with pytest.raises(ExceptionGroup), problems_told():
        raise ExceptionGroup("tasks", [StoreError("disk is full"), KeyError("ours")])

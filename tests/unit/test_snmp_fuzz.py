"""A few seconds of `make fuzz`: damaged datagrams of all versions are read or refused, no more."""

import pytest

from tests.fuzz.fuzz_snmp import Fault, Input, inputs, run


@pytest.mark.parametrize("seed", [1, 2])
def test_damaged_messages_of_all_versions_are_read_or_refused(seed: int) -> None:
    tally = run(10_000, seed)
    assert tally.total() == 10_000
    for kind in ("v1 and v2c", "v3", "v3, signed by the agent", "v3 discovery"):
        assert tally[f"{kind}: read"] > 0  # the damage is not so great that nothing gets through
        assert tally[f"{kind}: refused"] > 200


def test_a_fault_ends_the_run_with_the_input_that_did_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(seed: int) -> list[Input]:
        return [Input("v3", b"\x01\x02", lambda data: data[seed])]

    monkeypatch.setattr("tests.fuzz.fuzz_snmp.inputs", lambda seed: iter(broken(seed)))
    with pytest.raises(Fault, match=r"IndexError.*0102"):
        run(1, 9)


def test_the_same_seed_damages_the_same_way() -> None:
    one, other = inputs(7), inputs(7)
    for _ in range(50):
        assert next(one)[:2] == next(other)[:2]

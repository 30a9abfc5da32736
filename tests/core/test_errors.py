"""The closed set of errors."""

from sergek.core import errors


def test_each_error_has_its_own_exit_code() -> None:
    """No two kinds of error end the program with the same code, and none with success."""
    kinds = [getattr(errors, name) for name in errors.__all__ if name != "SergekError"]
    codes = [kind.exit_code for kind in kinds]
    assert len(set(codes)) == len(kinds) == 6
    assert 0 not in codes


def test_config_error_lists_every_problem() -> None:
    """A ConfigError carries all faults at once."""
    error = errors.ConfigError("two things to mend", ("line 1: a", "line 2: b"))
    assert error.problems == ("line 1: a", "line 2: b")
    assert error.message == str(error) == "two things to mend"

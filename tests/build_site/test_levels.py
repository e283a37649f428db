"""What the levels of a hyper-parameter stand for."""

import pytest

from build_site.levels import Factor, Level
from build_site.study import Parameter


@pytest.mark.parametrize(
    ("kind", "key", "setting"),
    [
        ("ordinal", "32", 32),
        ("ordinal", "0.1", 0.1),
        ("ordinal", "1e-05", 1e-05),
        ("ordinal", "-2.0", -2.0),
        ("ordinal", "small", "small"),
        ("ordinal", "nan", "nan"),
        ("ordinal", "²", "²"),
        ("categorical", "32", "32"),
    ],
)
def test_setting_of_an_ordinal_level_is_a_number_if_it_is_one(
    kind: str, key: str, setting: object
) -> None:
    parameter = Parameter("p", "P", kind, "linear", (key,), (key,), None, "")
    found = Factor(parameter, (Level(key, key), Level("?", "missing", missing=True)), ())
    assert found.setting(0) == setting
    assert type(found.setting(0)) is type(setting)
    assert found.setting(1) is None

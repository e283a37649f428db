"""No test reaches another machine: not in this process, not in those it starts, not in Chromium."""

import socket
import subprocess
import sys

import pytest

# Addresses that are set aside for documentation: nobody answers there.
ELSEWHERE = ["192.0.2.1", "2001:db8::1", "example.org"]
REFUSED = "tests use no network"


@pytest.mark.parametrize("host", ELSEWHERE)
def test_another_machine_is_refused(host: str) -> None:
    with pytest.raises(Exception, match=REFUSED):
        socket.create_connection((host, 80), timeout=1)


def test_no_datagram_is_sent_to_another_machine() -> None:
    with (
        socket.socket(type=socket.SOCK_DGRAM) as sender,
        pytest.raises(Exception, match=REFUSED),
    ):
        sender.sendto(b"", (ELSEWHERE[0], 53))


def test_programs_that_a_test_starts_are_refused_too() -> None:
    program = f"import socket; socket.create_connection(({ELSEWHERE[0]!r}, 80), timeout=1)"
    finished = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert finished.returncode == 1
    assert REFUSED in finished.stderr


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_this_machine_is_reached(host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection((host, port), timeout=5) as client:
            assert client.getpeername()[1] == port

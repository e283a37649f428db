"""Two paths trade places in one step, where the system can do that."""

import ctypes
import errno
import os
import sys
from pathlib import Path

# From linux/fs.h and fcntl.h. A path that is not absolute is relative to the current folder.
RENAME_EXCHANGE = 2
AT_FDCWD = -100
# What a file system (some that lie on a network), a kernel or a sandbox says that cannot do it.
UNABLE = frozenset({errno.EINVAL, errno.ENOSYS, errno.ENOTSUP})


def exchange(one: Path, other: Path) -> bool:
    """Let two paths of one file system trade places, so that each always names something whole.

    The system's call is renameat2(2), of Linux alone.

    Returns:
        Whether that was possible; if not, nothing was changed.

    Raises:
        OSError: if one of them does not exist or may not be renamed.
    """
    rename = None if sys.platform != "linux" else getattr(_library(), "renameat2", None)
    if rename is None:
        return False
    if rename(AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), RENAME_EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in UNABLE:
        return False
    raise OSError(code, os.strerror(code), str(one), None, str(other))


def _library() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)

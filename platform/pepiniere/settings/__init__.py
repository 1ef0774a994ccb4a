"""The settings of this process, by PEPINIERE_MODE: embedded (the default), production or test."""

from __future__ import annotations

from pepiniere.settings.environment import read_environment

_mode = read_environment().mode
if _mode == "production":
    from pepiniere.settings.production import *  # noqa: F403
elif _mode == "test":
    from pepiniere.settings.test import *  # noqa: F403
else:
    from pepiniere.settings.embedded import *  # noqa: F403

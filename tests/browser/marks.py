"""What every test of this folder bears: its tier, one portal for all of them, a limit that covers the portal's start."""

import pytest

BROWSER = [pytest.mark.browser, pytest.mark.xdist_group("browser"), pytest.mark.timeout(240)]

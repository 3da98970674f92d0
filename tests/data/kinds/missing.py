"""Every value that stands for none."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd

MISSING = [None, float("nan"), np.float32("nan"), np.datetime64("NaT"), pd.NA, pd.NaT, Decimal("NaN")]

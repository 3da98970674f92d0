"""Losses: one value a row, which the pipeline's weights make a mean over true rows."""

from tltk.backend import require_tensorflow

require_tensorflow()  # Keras reads its backend once, when it is first imported

from tltk.losses.binary_cross_entropy import BinaryCrossEntropy  # noqa: E402
from tltk.losses.chain import log_partition, marginals, viterbi  # noqa: E402
from tltk.losses.cosent import CoSent  # noqa: E402
from tltk.losses.cosine_squared_error import CosineSquaredError  # noqa: E402
from tltk.losses.crf import CrfNegativeLogLikelihood  # noqa: E402
from tltk.losses.cross_entropy import CrossEntropy  # noqa: E402
from tltk.losses.huber_error import HuberError  # noqa: E402
from tltk.losses.loss import RowLoss  # noqa: E402
from tltk.losses.multiple_negatives_ranking import MultipleNegativesRanking  # noqa: E402
from tltk.losses.ordinal_cross_entropy import OrdinalCrossEntropy  # noqa: E402
from tltk.losses.settings import LossSettings  # noqa: E402
from tltk.losses.span_cross_entropy import SpanCrossEntropy  # noqa: E402
from tltk.losses.squared_error import SquaredError  # noqa: E402
from tltk.losses.token_cross_entropy import TokenCrossEntropy  # noqa: E402
from tltk.losses.triplet_margin import TripletMargin  # noqa: E402

__all__ = [
    "BinaryCrossEntropy",
    "CoSent",
    "CosineSquaredError",
    "CrfNegativeLogLikelihood",
    "CrossEntropy",
    "HuberError",
    "LossSettings",
    "MultipleNegativesRanking",
    "OrdinalCrossEntropy",
    "RowLoss",
    "SpanCrossEntropy",
    "SquaredError",
    "TokenCrossEntropy",
    "TripletMargin",
    "log_partition",
    "marginals",
    "viterbi",
]

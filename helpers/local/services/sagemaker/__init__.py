"""Amazon SageMaker, as far as the workshop needs it: training jobs of the built-in K-Means image."""

from .jobs import SageMaker

__all__ = ["SageMaker"]

"""AWS CloudFormation, as far as the workshop's own stack needs it."""

from .resources import resource_kinds
from .stacks import CloudFormation

__all__ = ["CloudFormation", "resource_kinds"]

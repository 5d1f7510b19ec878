"""AWS CloudFormation, as far as the workshop's own stacks need it."""

from .api_resources import api_kinds
from .resources import resource_kinds
from .stacks import CloudFormation

__all__ = ["CloudFormation", "api_kinds", "resource_kinds"]

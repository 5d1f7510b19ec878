"""AWS Lambda and API Gateway's HTTP APIs, as far as the search API needs them: what a stack makes, and what answers requests.

Neither has operations here: the stack makes everything, and who calls the API speaks HTTP.
"""

from .apis import Apis
from .functions import Functions
from .server import Servers

__all__ = ["Apis", "Functions", "Servers"]

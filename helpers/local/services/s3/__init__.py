"""Amazon S3 in a folder: every object is a plain file that one can open."""

from .buckets import Buckets
from .files import ObjectFiles
from .listing import Listings
from .multipart import MultipartUploads
from .objects import Objects

__all__ = ["S3", "ObjectFiles"]


class S3(Buckets, Objects, Listings, MultipartUploads):
    """S3 of one region: `S3(ObjectFiles(store))`."""

    INVALID_REQUEST = "InvalidArgument"

"""OpenSearch on this machine: a node that really computes, behind the genuine opensearch-py client."""

"""One module a service: a method is a boto3 operation, its keyword-only parameters are what we support of it."""

"""The search behind an API: what runs in Lambda, what packs it, and the CloudFormation templates."""

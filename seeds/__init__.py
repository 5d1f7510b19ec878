"""What the workshop's data grows from: pictures, people, and the offline encoder."""

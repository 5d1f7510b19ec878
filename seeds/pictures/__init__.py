"""Draws the workshop's pictures: subjects as signed distances, styles as painters of them."""

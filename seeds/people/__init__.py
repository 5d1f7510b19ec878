"""Simulates the people whose clicks the ranker learns from."""
